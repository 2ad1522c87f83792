import { throwUncaught } from '@coaio/aio-context';
import { aioCoKick, type Coroutine, WaitingLine } from '@coaio/coroutine';
import type { RwlockHolders, RwlockMode } from './rwlock-holders.js';
import type { Waiter } from './waiter.js';

/**
 * The line of a CoRwlock, readers and writers together in the order of asking (the tickets of QEMU's `CoRwlock`).
 * Only its head is ever let in: nobody overtakes, and so a writer is not starved by readers that keep coming.
 */
export class RwlockTickets {
  readonly #holders: RwlockHolders;
  readonly #line = new WaitingLine<Waiter>();

  constructor(holders: RwlockHolders) {
    this.#holders = holders;
  }

  /** Lets a newcomer in if nobody is in its way, nor in line before it. @returns whether it did. */
  letIn(coroutine: Coroutine, mode: RwlockMode, purpose: string | undefined): boolean {
    if (this.#line.first !== null || !this.#isFreeFor(mode)) return false;
    this.#holders.grant(coroutine, mode, purpose);
    return true;
  }

  /** To the end of the line. It cannot be let in yet. */
  push(waiter: Waiter): void {
    this.#line.push(waiter);
  }

  /** A sole reader that nobody waits behind writes from now on. @returns whether it does. */
  upgradeNow(reader: Coroutine, purpose: string | undefined): boolean {
    if (this.#line.first !== null || this.#holders.readers > 1) return false;
    this.#holders.release(reader);
    this.#holders.grant(reader, 'write', purpose);
    return true;
  }

  /** The reader lets go and asks again, to write, behind those that wait already. */
  releaseAndPush(reader: Coroutine, waiter: Waiter): void {
    this.#holders.release(reader);
    this.#line.push(waiter);
    this.grantNext();
  }

  /**
   * Grants the head of the line, if it can be (`qemu_co_rwlock_maybe_wake_one`). One only: a reader that was let in
   * calls this when it runs, for the reader behind it.
   */
  grantNext(): void {
    const { first } = this.#line;
    if (first === null) return;
    const mode = first.wants === 'read' ? 'read' : 'write';
    if (!this.#isFreeFor(mode)) return;
    this.#line.remove(first);
    first.state = 'granted';
    this.#holders.grant(first.coroutine, mode, first.purpose);
    aioCoKick(first.coroutine);
  }

  /**
   * Its signal has aborted: its turn goes to the one behind it. An upgrade held the lock before and is to hold it again:
   * it keeps its place, as a reader.
   */
  abandon(waiter: Waiter): void {
    if (waiter.wants === 'upgrade') {
      waiter.wants = 'read';
      this.grantNext();
      return;
    }
    this.#line.remove(waiter);
    waiter.state = 'abandoned';
    try {
      this.grantNext();
    } catch (error) {
      // Outside a coroutine whoever is granted runs now; the one that gave up must run all the same.
      throwUncaught(error);
    }
    aioCoKick(waiter.coroutine);
  }

  #isFreeFor(mode: RwlockMode): boolean {
    return !this.#holders.isWritten && (mode === 'read' || this.#holders.readers === 0);
  }
}
