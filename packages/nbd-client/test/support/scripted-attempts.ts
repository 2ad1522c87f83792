import { AioContext, getCurrentAioContext, VirtualClock } from '@coaio/aio-context';
import { coRun, inCoroutine } from '@coaio/coroutine';
import {
  type EstablishOptions,
  NbdClientConnection,
  type NbdClientConnectionOptions,
} from '@coaio/nbd-client';

// Another thread may have to ask for it: far beyond what a loaded machine needs.
const LIMIT_MS = 20_000;

/** An attempt under way. */
export interface Attempt {
  readonly signal: AbortSignal;
  readonly succeed: (result: string) => void;
  readonly fail: (error: unknown) => void;
  readonly startedAtNs: number;
  readonly inCoroutine: boolean;
  readonly inContext: boolean;
}

/** A connection whose attempts end as the test says. */
export class ScriptedAttempts {
  readonly clock = new VirtualClock();
  readonly context = new AioContext({ name: 'attempts' });
  readonly attempts: Attempt[] = [];
  readonly discarded: string[] = [];
  readonly failures: unknown[] = [];
  readonly connection: NbdClientConnection<string>;

  constructor(options: Partial<NbdClientConnectionOptions<string>> = {}) {
    this.connection = new NbdClientConnection<string>((signal) => this.#attempt(signal), {
      context: this.context,
      clock: this.clock,
      discard: (result) => void this.discarded.push(result),
      onAttemptFailed: (error) => void this.failures.push(error),
      name: 'backup',
      ...options,
    });
  }

  #attempt(signal: AbortSignal): Promise<string> {
    return new Promise((succeed, fail) =>
      this.attempts.push({
        signal,
        succeed,
        fail,
        startedAtNs: this.clock.nowNs(),
        inCoroutine: inCoroutine(),
        inContext: getCurrentAioContext() === this.context,
      }),
    );
  }

  /** As a promise, which nobody needs to look at. */
  establish(options?: EstablishOptions): Promise<string | null> {
    const established = coRun(() => this.connection.establish(options), { name: 'waiter' });
    established.catch(() => {});
    return established;
  }

  /** The attempt of that number, from 0, once it runs. */
  async started(number: number): Promise<Attempt> {
    const until = performance.now() + LIMIT_MS;
    while (performance.now() < until) {
      const attempt = this.attempts[number];
      if (attempt !== undefined) return attempt;
      await aTurn();
    }
    throw new Error(`attempt ${number} has not started`);
  }
}

/** The event loop goes round once: what is on its way arrives. */
export function aTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

export async function someTurns(count = 5): Promise<void> {
  for (let turn = 0; turn < count; turn++) await aTurn();
}
