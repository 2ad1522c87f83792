// Nanoseconds for one restartAll of 1, 10 and 100 coroutines, which wait again at once: a bottom half for each call
// beside the older design, one for all. The ratio is to stay below 2.
//   pnpm --filter @coaio/co-queue bench
import { getMainAioContext } from '@coaio/aio-context';
import { CoQueue } from '@coaio/co-queue';
import { Coroutine } from '@coaio/coroutine';
import { GlobalBottomHalfQueue } from './global-bottom-half-queue.mjs';

const ROUNDS = 15;
const WAKES = 1_000_000;
const context = getMainAioContext();

/** @param {number[]} values */
function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

/**
 * @param {CoQueue | GlobalBottomHalfQueue} queue
 * @param {number} waiters
 */
function queueWith(queue, waiters) {
  for (let i = 0; i < waiters; i++) {
    Coroutine.create(function* () {
      for (;;) yield* queue.wait();
    }).enter();
  }
  return queue;
}

/**
 * @param {CoQueue | GlobalBottomHalfQueue} queue
 * @param {number} calls
 */
function nsForEachCall(queue, calls) {
  const start = process.hrtime.bigint();
  for (let i = 0; i < calls; i++) {
    queue.restartAll();
    context.poll();
  }
  return Number(process.hrtime.bigint() - start) / calls;
}

for (const waiters of [1, 10, 100]) {
  const [ours, older] = [queueWith(new CoQueue(), waiters), queueWith(new GlobalBottomHalfQueue(), waiters)];
  /** @type {{ ours: number, older: number }[]} */
  const rounds = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const calls = WAKES / waiters;
    const figures = { ours: nsForEachCall(ours, calls), older: nsForEachCall(older, calls) };
    if (round > 0) rounds.push(figures);
  }
  const ratio = median(rounds.map((round) => round.ours / round.older));
  console.log(
    `restartAll of ${String(waiters).padStart(3)}: ` +
      `bottom half for each call ${median(rounds.map((round) => round.ours))
        .toFixed(0)
        .padStart(6)} ns, ` +
      `one for all ${median(rounds.map((round) => round.older))
        .toFixed(0)
        .padStart(6)} ns, ratio ${ratio.toFixed(2)}`,
  );
}
