import { getCurrentAioContext } from '@coaio/aio-context';
import { assertLockable, type Co, type Lockable, type WaitedFor, WaitingLine } from '@coaio/coroutine';
import type { Waiter } from './waiter.js';
import { type CoQueueWaitOptions, Waiting } from './waiting.js';
import { chooseAll, chooseFirst, wake, wakeAllSoon, wakeOneOf, wakeSoon } from './waking.js';

/**
 * Coroutines that wait for something, first in first out (QEMU's `CoQueue`). It carries no condition: whoever is
 * woken checks again what it waited for.
 *
 * Each call that wakes somebody makes bottom halves of its own with lists of their own, so the queue may be
 * dropped right after it and each coroutine runs in its own context.
 *
 * @thread home: its coroutines live in the thread that uses it, in any of that thread's contexts.
 */
export class CoQueue implements WaitedFor {
  readonly name: string;
  readonly #line = new WaitingLine<Waiter>();

  /** `name` is shown in reports of who waits. */
  constructor(name = 'co-queue') {
    this.name = name;
  }

  get kind(): string {
    return 'CoQueue';
  }

  /** Whether nobody waits (`qemu_co_queue_empty`). */
  get isEmpty(): boolean {
    return this.#line.isEmpty;
  }

  /**
   * Waits to be woken (`qemu_co_queue_wait`). A `lock` is let go meanwhile and held again on return, and when this
   * throws; from the queue's point of view both happen in one step, so no wake is lost in between.
   *
   * @throws the reason of `options.signal`; what `lock` throws; CoroutineError `COROUTINE_OUTSIDE`, `COROUTINE_NO_LOCKABLE`.
   */
  wait(lock?: Lockable, options?: CoQueueWaitOptions): Co<void> {
    if (lock !== undefined) assertLockable('wait', lock);
    return new Waiting(this, this.#line, lock, options) as unknown as Co<void>;
  }

  /**
   * Wakes the first: it runs in its own context, after the caller has yielded or ended (`qemu_co_queue_next`).
   * @returns whether there was one.
   */
  next(): boolean {
    const first = chooseFirst(this.#line);
    if (first === null) return false;
    wakeSoon(first);
    return true;
  }

  /** Wakes all, as {@link next} wakes one (`qemu_co_queue_restart_all`). */
  restartAll(): void {
    wakeAllSoon(chooseAll(this.#line));
  }

  /**
   * Wakes the first from outside a coroutine: it runs now, if its context is the current one
   * (`qemu_co_enter_next`). @returns whether there was one.
   */
  enterNext(): boolean {
    const first = chooseFirst(this.#line);
    if (first === null) return false;
    if (isHere(first)) wake(first);
    else wakeSoon(first);
    return true;
  }

  /**
   * As {@link enterNext}, for all that wait when it is called (`qemu_co_enter_all`). What one of them throws
   * becomes the thread's uncaught exception.
   */
  enterAll(): void {
    const all = chooseAll(this.#line);
    wakeAllSoon(all.filter((waiter) => !isHere(waiter)));
    for (const waiter of all) if (isHere(waiter)) wakeOneOf(waiter);
  }
}

/** Elsewhere it cannot be entered now, and takes its place behind those that `wakeSoon` has woken before. */
function isHere(waiter: Waiter): boolean {
  return waiter.coroutine.context === getCurrentAioContext();
}
