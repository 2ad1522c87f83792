import type { AioContext, AioTimer, Clock } from '@coaio/aio-context';

const NS_PER_MS = 1e6;

/** Says so when a counter stands still for `ms`, once; looks once in that time, so it may take twice as long to notice. */
export class StallWatch {
  readonly #timer: AioTimer;

  constructor(context: AioContext, clock: Clock, ms: number, progress: () => number, stalled: () => void) {
    let seen = progress();
    this.#timer = context.createTimer(() => {
      const now = progress();
      if (now === seen) stalled();
      else this.#timer.mod(clock.nowNs() + ms * NS_PER_MS);
      seen = now;
    }, clock);
    this.#timer.mod(clock.nowNs() + ms * NS_PER_MS);
  }

  end(): void {
    this.#timer.del();
  }
}
