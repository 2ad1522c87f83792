// One restartAll of 1, 10 and 100 coroutines, which wait again at once: a bottom half for each call beside the older
// design, one for all.
import { getMainAioContext } from '@coaio/aio-context';
import { CoQueue } from '@coaio/co-queue';
import { Coroutine } from '@coaio/coroutine';
import { GlobalBottomHalfQueue } from './global-bottom-half-queue.mjs';

/** @type {import('@coaio/by-turns').Group[]} */
export const coQueueGroups = [1, 10, 100].map((waiters) => ({
  name: `restartAll of ${waiters}`,
  unit: 'ns',
  prepare: () => ({
    cases: [
      {
        name: 'CoQueue',
        ours: true,
        run: restarts(new CoQueue(), waiters),
        goal: { of: 'ratio', most: 2 },
      },
      { name: 'one bottom half for all queues', run: restarts(new GlobalBottomHalfQueue(), waiters) },
    ],
  }),
}));

/**
 * @param {CoQueue | GlobalBottomHalfQueue} queue
 * @param {number} waiters
 */
function restarts(queue, waiters) {
  const context = getMainAioContext();
  for (let i = 0; i < waiters; i++) {
    Coroutine.create(function* () {
      for (;;) yield* queue.wait();
    }).enter();
  }
  return (/** @type {number} */ calls) => {
    for (let i = 0; i < calls; i++) {
      queue.restartAll();
      context.poll();
    }
  };
}
