import { aioCoWake, Coroutine, coYield } from '@coaio/coroutine';

/** Calls `work` again and again, in a coroutine, and sleeps while it finds nothing. */
export class Sleeper {
  #asleep = false;
  #coroutine;

  /** @param {() => import('@coaio/coroutine').Co<boolean>} work whether there was any */
  constructor(work) {
    const sleeper = this;
    this.#coroutine = Coroutine.create(function* writer() {
      for (;;) {
        if (yield* work()) continue;
        sleeper.#asleep = true;
        yield* coYield();
      }
    });
    this.#coroutine.enter();
  }

  wake() {
    if (!this.#asleep) return;
    this.#asleep = false;
    aioCoWake(this.#coroutine);
  }
}
