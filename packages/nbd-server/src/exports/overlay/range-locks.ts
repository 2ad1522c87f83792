import { CoQueue } from '@coaio/co-queue';
import type { Co } from '@coaio/coroutine';

interface Held {
  readonly first: number;
  readonly end: number;
}

/** Ranges that do not overlap are worked on at once, others one after another, in the order of asking. */
export class RangeLocks {
  /** Those that are held and those that are waited for, oldest first. */
  readonly #line: Held[] = [];
  readonly #released = new CoQueue('overlay ranges');

  /** Runs `work` once no older one overlaps it. @throws what `work` throws. */
  *run<T>(first: number, end: number, work: () => Co<T>): Co<T> {
    const mine = { first, end };
    const line = this.#line;
    line.push(mine);
    try {
      while (line.slice(0, line.indexOf(mine)).some((older) => older.first < end && first < older.end)) {
        yield* this.#released.wait();
      }
      return yield* work();
    } finally {
      line.splice(line.indexOf(mine), 1);
      this.#released.restartAll();
    }
  }
}
