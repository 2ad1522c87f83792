import type { AioContext } from './aio-context.js';
import { AioContextError } from './aio-context-error.js';

/** What a bottom half waits for. `deleted` is final. */
export type BottomHalfState = 'unscheduled' | 'scheduled' | 'idle' | 'deleted';

/**
 * A callback that belongs to one context for life and runs at that context's next poll (QEMU's `QEMUBH`).
 * Made by {@link AioContext.createBottomHalf}.
 */
export class BottomHalf {
  readonly context: AioContext;
  readonly name: string;
  /** @internal */
  readonly callback: () => void;
  /** @internal What the next poll does with it. */
  state: BottomHalfState = 'unscheduled';
  /** @internal Whether it sits in a list of its context; a cancelled one stays there until a poll meets it. */
  queued = false;
  /** @internal Link of the list it sits in. */
  next: BottomHalf | null = null;

  /** @internal */
  constructor(context: AioContext, callback: () => void, name: string) {
    this.context = context;
    this.callback = callback;
    this.name = name;
  }

  /** Runs the callback at the next poll; already scheduled = once (`qemu_bh_schedule`). */
  schedule(): void {
    this.#enqueue('scheduled');
  }

  /**
   * Runs the callback with the next poll that happens anyway, at the latest after 10 ms. It counts as no
   * progress and does not hold the process open (`qemu_bh_schedule_idle`).
   */
  scheduleIdle(): void {
    if (this.state !== 'scheduled') this.#enqueue('idle');
  }

  /** The callback does not run, until it is scheduled again (`qemu_bh_cancel`). */
  cancel(): void {
    if (this.state !== 'deleted') this.state = 'unscheduled';
  }

  /** The callback never runs again; safe from within it (`qemu_bh_delete`). */
  delete(): void {
    this.state = 'deleted';
  }

  #enqueue(state: 'scheduled' | 'idle'): void {
    if (this.state === 'deleted') {
      throw new AioContextError('AIO_BH_DELETED', `schedule: bottom half "${this.name}" was deleted`);
    }
    this.context.enqueueBottomHalf(this, state);
  }
}
