import type { AioContext } from './aio-context.js';
import type { BottomHalf } from './bottom-half.js';
import { BottomHalfList } from './bottom-half-list.js';
import type { Resumable } from './resumable.js';
import { ResumableList } from './resumable-list.js';
import type { TimerLists } from './timers/timer-lists.js';

/** QEMU lets the loop sleep this long when nothing but idle bottom halves is pending. */
export const IDLE_POLL_MS = 10;

/** What one context has still to run. */
export class PendingWork {
  readonly bottomHalves = new BottomHalfList();
  readonly timers: TimerLists;
  readonly #resumables = new ResumableList();
  readonly #resumeBottomHalf: BottomHalf;
  readonly #context: AioContext;

  constructor(context: AioContext, timers: TimerLists) {
    this.#context = context;
    this.timers = timers;
    // One bottom half serves all coroutines to resume.
    this.#resumeBottomHalf = context.createBottomHalf(() => this.#resumables.resumeAll(context), 'resume');
  }

  resumeSoon(resumable: Resumable): void {
    this.#resumables.add(resumable);
    this.#resumeBottomHalf.schedule();
  }

  /** Bottom halves, then timers; before them what an outer dispatch has still to resume. @returns whether it was progress. */
  dispatch(): boolean {
    if (this.#resumables.isInterrupted) this.#resumables.resumeAll(this.#context);
    const ranBottomHalf = this.bottomHalves.poll();
    return this.timers.runExpired() || ranBottomHalf;
  }

  /** How long nothing is due (`aio_compute_timeout`). */
  msToNext(): number {
    if (this.#resumables.isInterrupted) return 0;
    let timeoutMs = this.timers.msToNext();
    for (const { state } of this.bottomHalves.pending()) {
      if (state === 'scheduled') return 0;
      timeoutMs = Math.min(timeoutMs, IDLE_POLL_MS);
    }
    return timeoutMs;
  }

  /** In words: idle bottom halves, and those of a dispatch under way, included. */
  left(): string[] {
    const left: string[] = [];
    for (const bh of this.bottomHalves.pending()) {
      if (bh !== this.#resumeBottomHalf) left.push(`bottom half "${bh.name}"`);
    }
    if (this.#resumables.count > 0) left.push(`coroutines to resume: ${this.#resumables.count}`);
    if (this.timers.pendingCount > 0) left.push(`${this.timers.pendingCount} timers`);
    return left;
  }
}
