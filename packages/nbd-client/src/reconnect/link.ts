import type { Clock } from '@coaio/aio-context';
import { type Co, CoSleep } from '@coaio/coroutine';
import type { Connection } from '../connection.js';
import { NbdClientConnection } from '../establish/nbd-client-connection.js';
import type { ConnectPlan } from '../negotiation/connect-plan.js';
import { type Opened, openConnection } from '../negotiation/open-connection.js';

const NS_PER_S = 1e9;
const MAX_PAUSE_S = 16;

/** The place of one connection, and how it is filled. */
export class Link {
  readonly index: number;
  /** What takes requests there now. */
  connection: Connection | null = null;
  readonly #establishment: NbdClientConnection<Opened>;
  readonly #clock: Clock;
  readonly #pause = new CoSleep('pause before reconnecting');
  /** Since when there is, or was, a connection; null: there was none yet. */
  #filledNs: number | null = null;
  /** Connections in a row that answered nothing and soon ended. */
  #fruitless = 0;

  constructor(index: number, plan: ConnectPlan, attemptFailed: (error: unknown) => void) {
    this.index = index;
    this.#clock = plan.clock;
    this.#establishment = new NbdClientConnection((signal) => openConnection(plan, signal), {
      context: plan.context,
      clock: plan.clock,
      discard: ({ channel }) => channel.close(),
      onAttemptFailed: attemptFailed,
      name: `connection ${index}`,
    });
  }

  /** Whether there was a connection before. */
  get wasFilled(): boolean {
    return this.#filledNs !== null;
  }

  /**
   * A connection in transmission. A server that accepts connections only to drop them is not asked without a pause: 1, 2, 4, 8, then 16 s, as
   * after failed attempts.
   *
   * @throws as `NbdClientConnection.establish`.
   */
  *establish(retry: boolean): Co<Opened> {
    this.#establishment.setRetry(retry);
    if (this.#fruitless > 1) {
      const pauseS = Math.min(2 ** (this.#fruitless - 2), MAX_PAUSE_S);
      yield* this.#pause.sleep(pauseS * NS_PER_S, this.#clock);
    }
    const opened = yield* this.#establishment.establish();
    if (opened === null) throw new Error('unreachable: it blocks');
    return opened;
  }

  fill(connection: Connection): void {
    this.connection = connection;
    this.#filledNs = this.#clock.nowNs();
  }

  /** Its connection takes no requests any more. */
  empty(): void {
    const lastedNs = this.#clock.nowNs() - (this.#filledNs ?? 0);
    const isFruitless = this.connection?.answers === 0 && lastedNs < MAX_PAUSE_S * NS_PER_S;
    this.#fruitless = isFruitless ? this.#fruitless + 1 : 0;
    this.connection = null;
  }

  setRetry(retry: boolean): void {
    this.#establishment.setRetry(retry);
  }

  /** No connection is wanted here any more. */
  release(): void {
    this.connection = null;
    this.#establishment.release();
    this.#pause.wake();
  }
}
