import { AioContextError } from './aio-context-error.js';
import { BottomHalf, endHandlesOf } from './bottom-half.js';
import { type AioContextHandle, attachContext, ContextCell } from './context-cell.js';
import { enterContext, leaveContext } from './current-context.js';
import { DispatchLock } from './dispatch-lock.js';
import { IdlePoll } from './idle-poll.js';
import { PendingWork } from './pending-work.js';
import { refuseInCoroutine } from './poll-guard.js';
import type { RemoteAioContext } from './remote-aio-context.js';
import type { Resumable } from './resumable.js';
import type { ContextLockHolder } from './shared/context-lock-holder.js';
import { joinThreads, thisThread } from './shared/this-thread.js';
import type { PollParams } from './thread-loop/poll-window.js';
import { threadLoop } from './thread-loop/thread-loop.js';
import { AioTimer } from './timers/aio-timer.js';
import type { Clock } from './timers/clock.js';
import { realtimeClock } from './timers/realtime-clock.js';
import { TimerLists } from './timers/timer-lists.js';
import { throwUncaught } from './uncaught.js';

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
 * @thread home: used by the thread that made it. Other threads get a view of it, with its {@link handle}.
 */
export class AioContext {
  readonly name: string;
  readonly #current: (() => AioContext | undefined) | undefined;
  #open = true;
  readonly #work: PendingWork;
  readonly #dispatchWork = (): boolean => this.#work.dispatch();
  // Whether a dispatch is under way that ends with a poll, and whether one was asked for.
  #dispatching = false;
  #asked = false;
  // Whether the next blocking poll shall not block.
  #notified = false;
  #immediate: NodeJS.Immediate | null = null;
  readonly #idlePoll = new IdlePoll(() => this.#poll(false));
  #cell: ContextCell | null = null;
  /** @internal Held in each dispatch, and by each coroutine that is entered outside one. */
  readonly lock: DispatchLock;

  /** @param internal @internal which context is current while this one is dispatched, and whose lock it takes, if not its own. */
  constructor(
    options: AioContextOptions = {},
    internal: { current?: () => AioContext | undefined; lock?: ContextLockHolder } = {},
  ) {
    this.name = options.name ?? 'aio-context';
    this.#current = internal.current;
    this.lock = new DispatchLock(internal.lock ?? null);
    const timers = new TimerLists(
      () => this.#poll(false),
      () => this.assertOpen('mod'),
    );
    this.#work = new PendingWork(this, timers);
  }

  /**
   * Gives the calling thread its view of the context that `handle` names: itself in its home thread.
   *
   * @throws AioContextError `AIO_BAD_HANDLE`, `AIO_OTHER_MEMORY`, `AIO_CONTEXT_CLOSED`.
   */
  static attach(handle: AioContextHandle): AioContext | RemoteAioContext {
    return attachContext(handle);
  }

  /** What names this context in other threads; plain data for `postMessage` and `workerData`. */
  get handle(): AioContextHandle {
    return this.#shared('handle').handle;
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
    this.assertOpen('schedule');
    this.#work.resumeSoon(resumable);
  }

  /** A disarmed timer of this context (`aio_timer_new`). */
  createTimer(callback: () => void, clock: Clock = realtimeClock): AioTimer {
    this.assertOpen('createTimer');
    return new AioTimer(this.#work.timers.of(clock), callback);
  }

  /**
   * One iteration (`aio_poll`): the bottom halves that were scheduled when it began, then expired timers. May nest in a
   * callback; a nested poll also runs what is left of the outer one. A callback that throws stops nobody: its error
   * becomes the thread's uncaught exception.
   *
   * @param blocking if there is nothing to run, first blocks the thread until another thread wakes something in it, a timer expires, or
   * {@link RemoteAioContext.notify}; 10 ms if there are idle bottom halves. Sockets and promises of the thread wait meanwhile.
   * @returns whether anything but idle bottom halves ran.
   * @throws AioContextError `AIO_POLL_IN_COROUTINE`; `AIO_BLOCKED_FOREVER`: nothing could end the wait.
   */
  poll(blocking = false): boolean {
    refuseInCoroutine('poll');
    return this.#poll(blocking);
  }

  #poll(blocking: boolean): boolean {
    const wasWoken = this.#enterLoop();
    try {
      // A wake that has just been met may be the one that the caller waits for.
      if (blocking && !wasWoken) this.#block();
      return this.#dispatchPending();
    } finally {
      threadLoop.leave();
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
    this.#enterLoop();
    this.#dispatching = true;
    this.lock.enter();
    try {
      this.run(handler);
    } catch (error) {
      throwUncaught(error);
    } finally {
      this.#dispatching = false;
    }
    if (!this.#work.bottomHalves.isEmpty) this.#dispatchPending();
    this.lock.leave();
    threadLoop.leave();
  }

  /** Makes the thread's event loop poll this context soon, and ends the next blocking poll (`aio_notify`). */
  notify(): void {
    this.#notified = true;
    this.#askForPoll();
  }

  #askForPoll(): void {
    // A dispatch ends with a poll of its own.
    if (this.#asked || this.#dispatching || !this.#open) return;
    this.#asked = true;
    if (threadLoop.ask(this)) return;
    this.#immediate = setImmediate(() => {
      this.#immediate = null;
      threadLoop.answered();
      this.pollAsked();
    });
  }

  /** @internal The poll that {@link notify} asked for. */
  pollAsked(): void {
    this.#asked = false;
    if (this.#open) this.#poll(false);
  }

  /**
   * How long the thread polls before it sleeps (`aio_context_set_poll_params`); by default it does not, only an IOThread does.
   * For all contexts of the thread.
   *
   * @throws AioContextError `AIO_POLL_PARAMS`.
   */
  setPollParams(params: Partial<PollParams>): void {
    threadLoop.window.set(params);
  }

  /**
   * Takes the context's lock, again and again if it has it (`aio_context_acquire`). While another thread has it, nothing of this
   * context runs. Its own thread has it in every callback, and while a coroutine runs: code in those need not ask for it.
   */
  acquire(): void {
    this.#shared('acquire');
    this.lock.acquire();
  }

  /** As often as {@link acquire} (`aio_context_release`). @throws AioContextError `AIO_LOCK_NOT_HELD`. */
  release(): void {
    this.lock.release(this.name);
  }

  /**
   * Ends the context. Whatever is still pending, idle or in a poll under way too, would be lost without a word,
   * so that is refused (`AIO_CONTEXT_BUSY`), as QEMU aborts when a bottom half outlives its context.
   */
  close(): void {
    // What other threads have woken so far is pending too.
    this.#enterLoop();
    threadLoop.leave();
    const left = this.#work.left();
    if (left.length > 0) {
      // What was woken has been handed out: somebody must come for it.
      this.#askForPoll();
      throw new AioContextError(
        'AIO_CONTEXT_BUSY',
        `close: context "${this.name}" still has ${left.join(', ')}`,
      );
    }
    this.#open = false;
    if (this.#immediate !== null) {
      clearImmediate(this.#immediate);
      threadLoop.withdraw();
    }
    this.#immediate = null;
    this.#idlePoll.withdraw();
    endHandlesOf(this);
    this.#cell?.close();
    this.#cell = null;
  }

  /** @internal Called by a bottom half of this context, to be scheduled. */
  enqueueBottomHalf(bh: BottomHalf, state: 'scheduled' | 'idle'): void {
    this.assertOpen('schedule');
    bh.state = state;
    this.#work.bottomHalves.add(bh);
    if (state === 'scheduled') this.#askForPoll();
    else if (!this.#asked) this.#idlePoll.ask();
  }

  /** What other threads have woken takes part in the poll that follows. @returns whether there was anything. */
  #enterLoop(): boolean {
    const outer = this.#dispatching;
    this.#dispatching = true;
    const wasWoken = threadLoop.enter();
    this.#dispatching = outer;
    return wasWoken;
  }

  #dispatchPending(): boolean {
    this.#notified = false;
    this.lock.enter();
    try {
      return this.run(this.#dispatchWork);
    } finally {
      this.lock.leave();
    }
  }

  /** Sleeps until there is something to dispatch, or may be. */
  #block(): void {
    const timeoutMs = this.#work.msToNext();
    if (timeoutMs === 0 || this.#notified) return;
    if (timeoutMs === Number.POSITIVE_INFINITY && thisThread() === null) {
      throw new AioContextError(
        'AIO_BLOCKED_FOREVER',
        `poll: "${this.name}" has no timer, and no other thread has a handle of anything here`,
      );
    }
    const outer = this.#dispatching;
    this.#dispatching = true;
    this.lock.without(() => threadLoop.block(timeoutMs));
    this.#dispatching = outer;
  }

  #shared(operation: string): ContextCell {
    this.assertOpen(operation);
    // First: as the main thread joins, it asks its main context for a handle, which may be this one.
    joinThreads();
    if (this.#cell === null) {
      this.#cell = new ContextCell(this);
      this.lock.give(this.#cell.lock);
    }
    return this.#cell;
  }

  /** @internal */
  assertOpen(operation: string): void {
    if (!this.#open) {
      throw new AioContextError('AIO_CONTEXT_CLOSED', `${operation}: context "${this.name}" is closed`);
    }
  }
}
