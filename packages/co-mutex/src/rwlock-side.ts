import { type Co, type Coroutine, coSelf, type Lockable } from '@coaio/coroutine';
import { type Asked, asking } from './asking.js';
import type { HeldLock, LockHold } from './lock-hold.js';
import type { LockOptions } from './lock-options.js';
import type { RwlockHolders, RwlockMode } from './rwlock-holders.js';
import type { RwlockTickets } from './rwlock-tickets.js';
import { Waiter, type WaitingRoom } from './waiter.js';

/** A CoRwlock as it is for those that read, or for those that write: a lock as any other. */
export class RwlockSide implements Lockable, HeldLock, Asked, WaitingRoom {
  readonly name: string;
  readonly mode: RwlockMode;
  readonly #holders: RwlockHolders;
  readonly #tickets: RwlockTickets;

  /** @internal */
  constructor(name: string, mode: RwlockMode, holders: RwlockHolders, tickets: RwlockTickets) {
    this.name = name;
    this.mode = mode;
    this.#holders = holders;
    this.#tickets = tickets;
  }

  get kind(): string {
    return 'CoRwlock';
  }

  /** Who holds the lock, in either way. */
  holders(): Coroutine[] {
    return this.#holders.list();
  }

  holds(): LockHold[] {
    return this.#holders.holds();
  }

  /** `rdlock` or `wrlock` of the CoRwlock. */
  lock(options?: LockOptions): Co<void> {
    return asking(this, options);
  }

  /** Takes the lock if that needs no waiting. @returns whether the caller holds it now. @throws as {@link lock}. */
  tryLock(options?: LockOptions): boolean {
    const self = this.#holders.newcomer(this.mode === 'read' ? 'rdlock' : 'wrlock');
    options?.signal?.throwIfAborted();
    return this.#tickets.letIn(self, this.mode, options?.purpose);
  }

  /** @throws CoRwlockError `CO_RWLOCK_WRONG_MODE`: it is held, but not in this way; and as `CoRwlock.unlock`. */
  unlock(): void {
    this.#holders.release(this.#holders.holder('unlock', this.mode));
    this.#tickets.grantNext();
  }

  /** @internal */
  lineUp(options: LockOptions | undefined): Waiter {
    const waiter = new Waiter(coSelf(), this.mode, options);
    this.#tickets.push(waiter);
    waiter.begin(this);
    return waiter;
  }

  /** @internal */
  abandon(waiter: Waiter): void {
    this.#tickets.abandon(waiter);
  }

  /** @internal So that readers side by side in line enter together. */
  goesOn(): void {
    if (this.mode === 'read') this.#tickets.grantNext();
  }
}
