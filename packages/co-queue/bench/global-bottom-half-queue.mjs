// The older design, the baseline: one bottom half of the main context and one list serve all queues. Whoever is
// woken runs in the main context, at the place of the first call that woke somebody.
import { getMainAioContext } from '@coaio/aio-context';
import { coSelf, coYield } from '@coaio/coroutine';

/** @typedef {import('@coaio/coroutine').Coroutine} Coroutine */

/** @type {Coroutine[]} */
let woken = [];

const wakeAll = getMainAioContext().createBottomHalf(() => {
  const list = woken;
  woken = [];
  for (const coroutine of list) coroutine.enter();
});

export class GlobalBottomHalfQueue {
  /** @type {Coroutine[]} */
  #waiting = [];

  /** @returns {import('@coaio/coroutine').Co<void>} */
  *wait() {
    this.#waiting.push(coSelf());
    yield* coYield();
  }

  restartAll() {
    if (this.#waiting.length === 0) return;
    for (const coroutine of this.#waiting) woken.push(coroutine);
    this.#waiting = [];
    wakeAll.schedule();
  }
}
