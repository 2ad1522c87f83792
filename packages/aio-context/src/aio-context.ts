import { AioContextError } from './aio-context-error.js';
import { BottomHalf } from './bottom-half.js';
import { enterContext, leaveContext } from './current-context.js';
import type { Resumable } from './resumable.js';
import { AioTimer } from './timers/aio-timer.js';
import type { Clock } from './timers/clock.js';
import { realtimeClock } from './timers/realtime-clock.js';
import { TimerList } from './timers/timer-list.js';
import { throwUncaught } from './uncaught.js';

/** QEMU lets the loop sleep this long when nothing but idle bottom halves is pending. */
const IDLE_POLL_MS = 10;

export interface AioContextOptions {
  /** Shown in errors. */
  name?: string;
}

/**
 * An event context: bottom halves, timers and resumed coroutines, dispatched on the thread that made it
 * (QEMU's `AioContext`).
 *
 * Work is put in with `scheduleOneshot`, `createBottomHalf`, `createTimer` and `schedule`; the thread's event loop
 * dispatches it with one {@link poll} for each of its iterations, and only while something is pending.
 *
 * @thread home: a context is used only by the thread that made it.
 */
export class AioContext {
  readonly name: string;
  readonly #current: (() => AioContext | undefined) | undefined;
  #open = true;

  // Bottom halves scheduled since the last poll, in order; and the lists that polls under way have taken.
  #head: BottomHalf | null = null;
  #tail: BottomHalf | null = null;
  readonly #slices: (BottomHalf | null)[] = [];

  // Coroutines to resume. One bottom half serves them all.
  #resumableHead: Resumable | null = null;
  #resumableTail: Resumable | null = null;
  readonly #resumeBottomHalf: BottomHalf;

  readonly #timerLists = new Map<Clock, TimerList>();
  #dispatching = false;
  #immediate: NodeJS.Immediate | null = null;
  #idleTimeout: NodeJS.Timeout | null = null;

  /** @param current @internal which context is current while this one is dispatched, if not itself. */
  constructor(options: AioContextOptions = {}, current?: () => AioContext | undefined) {
    this.name = options.name ?? 'aio-context';
    this.#current = current;
    this.#resumeBottomHalf = new BottomHalf(this, () => this.#resumeScheduled(), 'resume');
  }

  /** A bottom half of this context (`aio_bh_new`). `name` is shown in errors. */
  createBottomHalf(callback: () => void, name = callback.name || 'anonymous'): BottomHalf {
    return new BottomHalf(this, callback, name);
  }

  /** Runs `callback` once, at the next poll (`aio_bh_schedule_oneshot`). */
  scheduleOneshot(callback: () => void, name = callback.name || 'oneshot'): void {
    new BottomHalf(this, callback, name).schedule();
  }

  /** Resumes `resumable` at the next poll, first in first out. It must not be scheduled anywhere already. */
  schedule(resumable: Resumable): void {
    this.#assertOpen('schedule');
    resumable.nextScheduled = null;
    if (this.#resumableTail === null) this.#resumableHead = resumable;
    else this.#resumableTail.nextScheduled = resumable;
    this.#resumableTail = resumable;
    this.#resumeBottomHalf.schedule();
  }

  /** A disarmed timer of this context (`aio_timer_new`). */
  createTimer(callback: () => void, clock: Clock = realtimeClock): AioTimer {
    this.#assertOpen('createTimer');
    return new AioTimer(this.#timerList(clock), callback);
  }

  /**
   * One iteration, without waiting: the bottom halves that were scheduled when it began, then expired timers
   * (`aio_poll(ctx, false)`). May nest in a callback; a nested poll also runs what is left of the outer one.
   * A callback that throws stops nobody: its error becomes the thread's uncaught exception.
   *
   * @returns whether anything but idle bottom halves ran.
   */
  poll(): boolean {
    const outer = enterContext(this.#current === undefined ? this : this.#current());
    try {
      const ranBottomHalf = this.#pollBottomHalves();
      let ranTimer = false;
      for (const list of this.#timerLists.values()) ranTimer = list.runExpired() || ranTimer;
      return ranBottomHalf || ranTimer;
    } finally {
      leaveContext(outer);
    }
  }

  /** Calls `callback` with this context as the thread's current one. */
  run<T>(callback: () => T): T {
    const outer = enterContext(this.#current === undefined ? this : this.#current());
    try {
      return callback();
    } finally {
      leaveContext(outer);
    }
  }

  /**
   * Runs the handler of an event from outside, such as data on a socket, then the bottom halves that it scheduled:
   * they need not wait for the event loop to come round (`aio_dispatch`). What the handler throws becomes the
   * thread's uncaught exception.
   *
   * @thread home, straight from the event loop: not from a poll, and not from a coroutine.
   */
  dispatch(handler: () => void): void {
    this.#dispatching = true;
    try {
      this.run(handler);
    } catch (error) {
      throwUncaught(error);
    }
    this.#dispatching = false;
    if (this.#head !== null) this.poll();
  }

  /** Makes the thread's event loop poll this context soon (`aio_notify`). */
  notify(): void {
    // A dispatch ends with a poll of its own.
    if (this.#immediate !== null || this.#dispatching || !this.#open) return;
    this.#immediate = setImmediate(() => {
      this.#immediate = null;
      this.poll();
    });
  }

  /**
   * Ends the context. Whatever is still pending, idle or in a poll under way too, would be lost without a word,
   * so that is refused (`AIO_CONTEXT_BUSY`), as QEMU aborts when a bottom half outlives its context.
   */
  close(): void {
    const left: string[] = [];
    for (const head of [...this.#slices, this.#head]) {
      for (let bh = head; bh !== null; bh = bh.next) {
        if (bh.state === 'scheduled' || bh.state === 'idle') left.push(`bottom half "${bh.name}"`);
      }
    }
    for (const list of this.#timerLists.values()) {
      if (list.pendingCount > 0) left.push(`${list.pendingCount} timers`);
    }
    if (left.length > 0) {
      throw new AioContextError(
        'AIO_CONTEXT_BUSY',
        `close: context "${this.name}" still has ${left.join(', ')}`,
      );
    }
    this.#open = false;
    if (this.#immediate !== null) clearImmediate(this.#immediate);
    if (this.#idleTimeout !== null) clearTimeout(this.#idleTimeout);
    this.#immediate = null;
    this.#idleTimeout = null;
  }

  /** @internal Called by a bottom half of this context, to be scheduled. */
  enqueueBottomHalf(bh: BottomHalf, state: 'scheduled' | 'idle'): void {
    this.#assertOpen('schedule');
    bh.state = state;
    if (!bh.queued) {
      bh.queued = true;
      bh.next = null;
      if (this.#tail === null) this.#head = bh;
      else this.#tail.next = bh;
      this.#tail = bh;
    }
    if (state === 'scheduled') this.notify();
    else this.#pollWhenIdle();
  }

  #pollWhenIdle(): void {
    if (this.#immediate !== null || this.#idleTimeout !== null) return;
    this.#idleTimeout = setTimeout(() => {
      this.#idleTimeout = null;
      this.poll();
    }, IDLE_POLL_MS).unref();
  }

  #pollBottomHalves(): boolean {
    const slices = this.#slices;
    slices.push(this.#head);
    this.#head = null;
    this.#tail = null;
    let progress = false;
    // The outermost slice first: the poll that took it may be waiting in the callback that nests this one.
    while (slices.length > 0) {
      const bh = slices[0];
      if (bh === null || bh === undefined) {
        slices.shift();
        continue;
      }
      slices[0] = bh.next;
      bh.next = null;
      bh.queued = false;
      const { state } = bh;
      if (state !== 'scheduled' && state !== 'idle') continue;
      // Before the call: the callback may schedule itself again, for the next poll.
      bh.state = 'unscheduled';
      if (state === 'scheduled') progress = true;
      try {
        bh.callback();
      } catch (error) {
        throwUncaught(error);
      }
    }
    return progress;
  }

  #resumeScheduled(): void {
    let next = this.#resumableHead;
    this.#resumableHead = null;
    this.#resumableTail = null;
    while (next !== null) {
      const resumable = next;
      next = resumable.nextScheduled;
      resumable.nextScheduled = null;
      try {
        resumable.resume(this);
      } catch (error) {
        throwUncaught(error);
      }
    }
  }

  #timerList(clock: Clock): TimerList {
    let list = this.#timerLists.get(clock);
    if (list === undefined) {
      list = new TimerList(
        clock,
        () => this.poll(),
        () => this.#assertOpen('mod'),
      );
      this.#timerLists.set(clock, list);
    }
    return list;
  }

  #assertOpen(operation: string): void {
    if (!this.#open) {
      throw new AioContextError('AIO_CONTEXT_CLOSED', `${operation}: context "${this.name}" is closed`);
    }
  }
}
