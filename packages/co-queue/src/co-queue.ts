import { type AioContext, getCurrentAioContext, throwUncaught } from '@coaio/aio-context';
import { aioCoKick, type Co, type Coroutine, coSelf, coYield, type Lockable } from '@coaio/coroutine';

/**
 * Coroutines that wait for something, first in first out (QEMU's `CoQueue`). It carries no condition: whoever is
 * woken checks again what it waited for.
 *
 * Each call that wakes somebody makes bottom halves of its own with lists of their own, so the queue may be
 * dropped right after it and each coroutine runs in its own context.
 *
 * @thread home: its coroutines live in the thread that uses it, in any of that thread's contexts.
 */
export class CoQueue {
  #waiting: Waiter[] = [];

  /** Whether nobody waits (`qemu_co_queue_empty`). */
  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /**
   * Waits to be woken (`qemu_co_queue_wait`). A `lock` is let go meanwhile and held again on return; from the
   * queue's point of view both happen in one step, so no wake is lost in between.
   */
  *wait(lock?: Lockable): Co<void> {
    const waiter: Waiter = { coroutine: coSelf(), woken: false };
    // First, because it may throw; nobody else runs before the yield.
    lock?.unlock();
    this.#waiting.push(waiter);
    while (!waiter.woken) yield* coYield();
    if (lock !== undefined) yield* lock.lock();
  }

  /**
   * Wakes the first: it runs in its own context, after the caller has yielded or ended (`qemu_co_queue_next`).
   * @returns whether there was one.
   */
  next(): boolean {
    const first = this.#waiting.shift();
    if (first === undefined) return false;
    wakeSoon([first]);
    return true;
  }

  /** Wakes all, as {@link next} wakes one (`qemu_co_queue_restart_all`). */
  restartAll(): void {
    const all = this.#waiting;
    if (all.length === 0) return;
    this.#waiting = [];
    wakeSoon(all);
  }

  /**
   * Wakes the first from outside a coroutine: it runs now, if its context is the current one
   * (`qemu_co_enter_next`). @returns whether there was one.
   */
  enterNext(): boolean {
    const first = this.#waiting.shift();
    if (first === undefined) return false;
    if (isHere(first)) wake(first);
    else wakeSoon([first]);
    return true;
  }

  /**
   * As {@link enterNext}, for all that wait when it is called (`qemu_co_enter_all`). What one of them throws
   * becomes the thread's uncaught exception.
   */
  enterAll(): void {
    const all = this.#waiting;
    this.#waiting = [];
    wakeSoon(all.filter((waiter) => !isHere(waiter)));
    for (const waiter of all) if (isHere(waiter)) wakeOneOf(waiter);
  }
}

/** Only a waking call ends a wait: whoever else enters the coroutine meanwhile only makes it look. */
interface Waiter {
  readonly coroutine: Coroutine;
  woken: boolean;
}

function wake(waiter: Waiter): void {
  waiter.woken = true;
  aioCoKick(waiter.coroutine);
}

/** Elsewhere it cannot be entered now, and takes its place behind those that {@link wakeSoon} has woken before. */
function isHere(waiter: Waiter): boolean {
  return waiter.coroutine.context === getCurrentAioContext();
}

/** One bottom half for each context among `woken`, with the coroutines of that context in order. */
function wakeSoon(woken: Waiter[]): void {
  const lists = new Map<AioContext, Waiter[]>();
  for (const waiter of woken) {
    const { context } = waiter.coroutine;
    // It has run, or it could not wait.
    if (context === undefined) continue;
    const list = lists.get(context);
    if (list === undefined) lists.set(context, [waiter]);
    else list.push(waiter);
  }
  for (const [context, list] of lists) {
    context.scheduleOneshot(() => {
      for (const waiter of list) wakeOneOf(waiter);
    }, 'co-queue');
  }
}

function wakeOneOf(waiter: Waiter): void {
  try {
    wake(waiter);
  } catch (error) {
    // The others must be woken all the same.
    throwUncaught(error);
  }
}
