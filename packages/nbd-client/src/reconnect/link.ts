import type { Co } from '@coaio/coroutine';
import type { Connection } from '../connection.js';
import { NbdClientConnection } from '../establish/nbd-client-connection.js';
import type { ConnectPlan } from '../negotiation/connect-plan.js';
import { type Opened, openConnection } from '../negotiation/open-connection.js';
import type { LivenessProbe } from './liveness-probe.js';

/** The place of one connection, and how it is filled. */
export class Link {
  readonly index: number;
  /** What takes requests there now. */
  connection: Connection | null = null;
  /** Of that connection. */
  probe: LivenessProbe | null = null;
  /** Whether there was a connection before. */
  wasFilled = false;
  readonly #establishment: NbdClientConnection<Opened>;

  constructor(index: number, plan: ConnectPlan, attemptFailed: (error: unknown) => void) {
    this.index = index;
    this.#establishment = new NbdClientConnection((signal) => openConnection(plan, signal), {
      context: plan.context,
      clock: plan.clock,
      discard: ({ channel }) => channel.close(),
      onAttemptFailed: attemptFailed,
      name: `connection ${index}`,
    });
  }

  /** A connection in transmission. @throws as `NbdClientConnection.establish`. */
  *establish(retry: boolean, signal?: AbortSignal): Co<Opened> {
    this.#establishment.setRetry(retry);
    const opened = yield* this.#establishment.establish({ signal });
    if (opened === null) throw new Error('unreachable: it blocks');
    return opened;
  }

  setRetry(retry: boolean): void {
    this.#establishment.setRetry(retry);
  }

  /** No connection is wanted here any more. */
  release(): void {
    this.#establishment.release();
  }
}
