// One `next`, one wait at the head and one that gives up, with few and with many in line: they are to take the same time.
import { getMainAioContext } from '@coaio/aio-context';
import { CoQueue } from '@coaio/co-queue';
import { Coroutine } from '@coaio/coroutine';

const FEW = 10;
const MANY = 10_000;

/** @type {import('@coaio/by-turns').Group[]} */
export const longLineGroups = Object.entries({
  next: (/** @type {number} */ inLine) => nexts(inLine, false),
  'next, and wait at the head': (/** @type {number} */ inLine) => nexts(inLine, true),
  'wait and give up': givesUp,
}).map(([name, prepare]) => ({
  name,
  unit: 'ns',
  prepare: () => ({
    cases: [
      { name: `${FEW} in line`, run: prepare(FEW) },
      { name: `${MANY} in line`, ours: true, run: prepare(MANY) },
    ],
  }),
}));

/**
 * Whoever is woken waits again.
 *
 * @param {number} inLine
 * @param {boolean} front
 */
function nexts(inLine, front) {
  const context = getMainAioContext();
  const queue = queueOf(inLine, { front });
  return (/** @type {number} */ calls) => {
    for (let i = 0; i < calls; i++) {
      queue.next();
      context.poll();
    }
  };
}

/** The last in line gives up, and another comes. @param {number} inLine */
function givesUp(inLine) {
  const queue = queueOf(inLine, {});
  return (/** @type {number} */ times) => {
    for (let i = 0; i < times; i++) {
      const abort = new AbortController();
      Coroutine.create(function* () {
        try {
          yield* queue.wait(undefined, { signal: abort.signal });
        } catch {}
      }).enter();
      abort.abort();
    }
  };
}

/**
 * @param {number} waiters
 * @param {import('@coaio/co-queue').CoQueueWaitOptions} options
 */
function queueOf(waiters, options) {
  const queue = new CoQueue();
  for (let i = 0; i < waiters; i++) {
    Coroutine.create(function* () {
      for (;;) yield* queue.wait(undefined, options);
    }).enter();
  }
  return queue;
}
