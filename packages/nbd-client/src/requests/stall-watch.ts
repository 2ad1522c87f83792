import type { AioContext, AioTimer, Clock } from '@coaio/aio-context';

const NS_PER_MS = 1e6;

/** A peer that sends a byte now and then holds memory as well as one that sends none. */
const LEAST_BYTES = 16 * 1024;

/** Says so, once, when a count of bytes has hardly moved for `ms`; looks once in that time. */
export class StallWatch {
  readonly #timer: AioTimer;

  constructor(context: AioContext, clock: Clock, ms: number, progress: () => number, stalled: () => void) {
    let seen = progress();
    this.#timer = context.createTimer(() => {
      const now = progress();
      if (now - seen < LEAST_BYTES) stalled();
      else this.#timer.mod(clock.nowNs() + ms * NS_PER_MS);
      seen = now;
    }, clock);
    this.#timer.mod(clock.nowNs() + ms * NS_PER_MS);
  }

  end(): void {
    this.#timer.del();
  }
}
