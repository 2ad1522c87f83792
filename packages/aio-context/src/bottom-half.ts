import type { AioContext } from './aio-context.js';
import { AioContextError } from './aio-context-error.js';
import { attachBottomHalf, type BottomHalfHandle, type RemoteBottomHalf } from './remote-bottom-half.js';
import { type Wakeable, WakeableCell, wakeableOf, wakeablesHere } from './shared/wakeable.js';

/** What a bottom half waits for. `deleted` is final. */
export type BottomHalfState = 'unscheduled' | 'scheduled' | 'idle' | 'deleted';

/**
 * A callback that belongs to one context for life and runs at that context's next poll (QEMU's `QEMUBH`).
 * Made by {@link AioContext.createBottomHalf}. Another thread schedules it by its {@link handle}.
 */
export class BottomHalf implements Wakeable {
  readonly context: AioContext;
  readonly name: string;
  readonly #callback: () => void;
  /** @internal What the next poll does with it. */
  state: BottomHalfState = 'unscheduled';
  /** @internal Whether it sits in a list of its context; a cancelled one stays there until a poll meets it. */
  queued = false;
  /** @internal Link of the list it sits in. */
  next: BottomHalf | null = null;
  #cell: WakeableCell | null = null;
  // Whether another thread's claim was delivered, and ends with the next run.
  #claimed = false;

  /** @internal */
  constructor(context: AioContext, callback: () => void, name: string) {
    this.context = context;
    this.#callback = callback;
    this.name = name;
  }

  /** This bottom half in its own thread, a view of it in another. @throws AioContextError `AIO_BAD_HANDLE`, `AIO_OTHER_MEMORY`. */
  static attach(handle: BottomHalfHandle): BottomHalf | RemoteBottomHalf {
    const view = attachBottomHalf(handle);
    const own = wakeableOf(handle.cell);
    return own instanceof BottomHalf && own.#cell?.generation === handle.generation ? own : view;
  }

  /** What names it in other threads. It has a cell from now on, until it is deleted. @throws AioContextError `AIO_BH_DELETED`. */
  get handle(): BottomHalfHandle {
    this.#assertThere('handle');
    this.context.assertOpen('handle');
    this.#cell ??= new WakeableCell(this);
    return this.#cell.handle('BottomHalf', this.name);
  }

  /** Runs the callback at the next poll; already scheduled = once (`qemu_bh_schedule`). */
  schedule(): void {
    this.#assertThere('schedule');
    this.context.enqueueBottomHalf(this, 'scheduled');
  }

  /**
   * Runs the callback with the next poll that happens anyway, at the latest after 10 ms. It counts as no
   * progress and does not hold the process open (`qemu_bh_schedule_idle`).
   */
  scheduleIdle(): void {
    this.#assertThere('schedule');
    if (this.state !== 'scheduled') this.context.enqueueBottomHalf(this, 'idle');
  }

  /**
   * The callback does not run, until it is scheduled again (`qemu_bh_cancel`). What another thread has scheduled and this one has not
   * met yet is not cancelled.
   */
  cancel(): void {
    if (this.state === 'deleted') return;
    this.state = 'unscheduled';
    this.#endClaim();
  }

  /** The callback never runs again; safe from within it (`qemu_bh_delete`). Its handles are stale. */
  delete(): void {
    if (this.state === 'deleted') return;
    this.state = 'deleted';
    this.endHandles();
  }

  /** @internal Its context closes: no other thread can schedule it any more. */
  endHandles(): void {
    this.#endClaim();
    this.#cell?.letGo();
    this.#cell = null;
  }

  /** @internal Its poll has met it. */
  run(): void {
    if (this.state !== 'scheduled' && this.state !== 'idle') return;
    // Before the call: the callback may schedule itself again, for the next poll.
    this.state = 'unscheduled';
    this.#endClaim();
    this.#callback();
  }

  /** @internal */
  get onItsWay(): boolean {
    return this.state === 'scheduled' && this.#claimed;
  }

  /** @internal Another thread has scheduled it. */
  woken(): void {
    this.#claimed = true;
    this.context.enqueueBottomHalf(this, 'scheduled');
  }

  /** From now on another thread's wake is a new one. */
  #endClaim(): void {
    if (!this.#claimed) return;
    this.#claimed = false;
    this.#cell?.rearm();
  }

  #assertThere(operation: string): void {
    if (this.state === 'deleted') {
      throw new AioContextError('AIO_BH_DELETED', `${operation}: bottom half "${this.name}" was deleted`);
    }
  }
}

/** `context` closes. */
export function endHandlesOf(context: AioContext): void {
  for (const wakeable of wakeablesHere()) {
    if (wakeable instanceof BottomHalf && wakeable.context === context) wakeable.endHandles();
  }
}
