import type { BottomHalf } from './bottom-half.js';
import { throwUncaught } from './uncaught.js';

/** The bottom halves of one context that are to run: those since the last poll, and the slices that polls under way have taken. */
export class BottomHalfList {
  #head: BottomHalf | null = null;
  #tail: BottomHalf | null = null;
  readonly #slices: (BottomHalf | null)[] = [];

  /** Whether the next poll has something to look at. */
  get isEmpty(): boolean {
    return this.#head === null;
  }

  /** Puts it at the end, unless it is in the list already. */
  add(bh: BottomHalf): void {
    if (bh.queued) return;
    bh.queued = true;
    bh.next = null;
    if (this.#tail === null) this.#head = bh;
    else this.#tail.next = bh;
    this.#tail = bh;
  }

  /** Runs those that are scheduled now. @returns whether one of them was not idle. */
  poll(): boolean {
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
      if (bh.state === 'scheduled') progress = true;
      try {
        bh.run();
      } catch (error) {
        throwUncaught(error);
      }
    }
    return progress;
  }

  /** Those that wait for a poll, idle ones and those of a poll under way included. */
  *pending(): Generator<BottomHalf> {
    for (const head of [...this.#slices, this.#head]) {
      for (let bh = head; bh !== null; bh = bh.next) {
        if (bh.state === 'scheduled' || bh.state === 'idle') yield bh;
      }
    }
  }
}
