import { throwUncaught } from '@coaio/aio-context';
import {
  aioCoKick,
  beginWait,
  type Co,
  type Coroutine,
  coSelf,
  coYield,
  endWait,
  onAbort,
  type WaitedFor,
} from '@coaio/coroutine';
import { NbdUsageError } from '@coaio/nbd-protocol';
import { ConnectionLostError } from '../nbd-client-error.js';
import type { Outcome } from './connect-attempts.js';
import {
  beginEstablish,
  giveUp,
  HANDED,
  RELEASED,
  startAgain,
  stateOf,
  takeOutcome,
  waitCoOf,
} from './connect-word.js';
import { CONNECT_WORD } from './layout.js';

export interface EstablishOptions {
  /** Wait until there is a connection, or the attempt has failed. False: what is there now, or null. Default true. */
  blocking?: boolean;
  /** Ends the wait when it aborts: `signal.reason` is thrown. The attempt goes on. An outcome that was handed over wins. */
  signal?: AbortSignal | undefined;
}

/** What a wait needs of the connection, or the view of one. */
export interface EstablishSide<T> {
  readonly name: string;
  readonly words: Int32Array;
  readonly seat: number;
  /** Has the connection's thread look at the word. @throws if nobody will. */
  look(): void;
  /** What was handed over, if it is here yet. @throws if it will never be. */
  outcome(): Outcome<T> | null;
  /** It was taken. */
  taken(): void;
  /** The last failure of the attempt that is under way, if it is known here. */
  lastError(): unknown;
}

/** One seat's wait, of one coroutine at a time: what QEMU's `nbd_co_establish_connection` does, and `wait_co`. */
export class EstablishWait<T> implements WaitedFor {
  readonly kind = 'NbdClientConnection';
  readonly #side: EstablishSide<T>;
  #waitCo: Coroutine | null = null;

  constructor(side: EstablishSide<T>) {
    this.#side = side;
  }

  get name(): string {
    return this.#side.name;
  }

  *establish({ blocking = true, signal }: EstablishOptions): Co<T | null> {
    const self = coSelf();
    signal?.throwIfAborted();
    const { words, seat } = this.#side;
    switch (beginEstablish(words, seat, blocking)) {
      case 'released':
        throw released(this.name);
      case 'busy':
        throw new NbdUsageError(
          'NBD_BUSY',
          'establish',
          `another coroutine waits for "${this.name}" already`,
        );
      case 'nothing':
        this.#side.look();
        return null;
    }
    const outcome = yield* this.#wait(self, signal);
    if ('result' in outcome) return outcome.result;
    // It is told; the next attempt is under way meanwhile.
    if (!blocking && startAgain(words)) this.#side.look();
    throw outcome.error;
  }

  *#wait(self: Coroutine, signal: AbortSignal | undefined): Co<Outcome<T>> {
    const { words, seat } = this.#side;
    this.#waitCo = self;
    const takeBack = signal === undefined ? null : onAbort(signal, () => aioCoKick(self));
    beginWait(self, this);
    try {
      this.#side.look();
      for (;;) {
        const word = Atomics.load(words, CONNECT_WORD);
        if (waitCoOf(word) !== seat) throw this.#ended(word);
        const outcome = this.#side.outcome();
        if (stateOf(word) === HANDED && outcome !== null) {
          // Else it was released since.
          if (!takeOutcome(words, seat)) continue;
          this.#side.taken();
          return outcome;
        }
        if (signal?.aborted && giveUp(words, seat)) throw signal.reason;
        yield* coYield();
      }
    } catch (error) {
      giveUp(words, seat);
      throw error;
    } finally {
      this.#waitCo = null;
      endWait(self);
      takeBack?.();
    }
  }

  /** Has the waiter go on if its wait has ended; a no-op otherwise, and if it is on its way. */
  wake(): void {
    const word = Atomics.load(this.#side.words, CONNECT_WORD);
    if (waitCoOf(word) === this.#side.seat && stateOf(word) !== HANDED) return;
    this.kick();
  }

  /** Has the waiter look again. */
  kick(): void {
    if (this.#waitCo === null) return;
    try {
      aioCoKick(this.#waitCo);
    } catch (error) {
      // Outside a coroutine it runs at once. What it throws is not the affair of who ended its wait.
      throwUncaught(error);
    }
  }

  #ended(word: number): Error {
    if (stateOf(word) >= RELEASED) return released(this.name);
    const why = this.#side.lastError() ?? 'the attempt goes on';
    return new ConnectionLostError('establish', why, 'NBD_CANCELLED', 'cancelled');
  }
}

export function released(name: string): NbdUsageError {
  return new NbdUsageError('NBD_CLOSED', 'establish', `"${name}" was released`);
}
