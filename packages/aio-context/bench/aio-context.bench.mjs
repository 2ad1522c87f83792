// Nanoseconds for one callback: a one-shot bottom half beside what Node offers, in batches (many callbacks in one
// iteration of the event loop) and one by one (each schedules the next, so each costs an iteration).
//   pnpm --filter @coaio/aio-context bench
import { getMainAioContext } from '@coaio/aio-context';

const ROUNDS = 9;
const CALLBACKS = 100_000;
const BATCH = 1000;
const context = getMainAioContext();

/** @param {number[]} values */
function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

/** @typedef {(callback: () => void) => void} Schedule */

/** @param {Schedule} schedule */
function inBatches(schedule) {
  return new Promise((resolve) => {
    let left = CALLBACKS;
    const batch = () => {
      for (let i = 0; i < BATCH; i++) schedule(callback);
    };
    const callback = () => {
      if (--left === 0) resolve(undefined);
      else if (left % BATCH === 0) batch();
    };
    batch();
  });
}

/** @param {Schedule} schedule */
function oneByOne(schedule) {
  return new Promise((resolve) => {
    let left = CALLBACKS;
    const callback = () => {
      if (--left === 0) resolve(undefined);
      else schedule(callback);
    };
    schedule(callback);
  });
}

/** @type {Record<string, Schedule>} */
const schedulers = {
  'oneshot bottom half': (callback) => context.scheduleOneshot(callback),
  setImmediate: (callback) => setImmediate(callback),
  queueMicrotask: (callback) => queueMicrotask(callback),
};

for (const run of [inBatches, oneByOne]) {
  /** @type {Record<string, number[]>} */
  const figures = Object.fromEntries(Object.keys(schedulers).map((name) => [name, []]));
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [name, schedule] of Object.entries(schedulers)) {
      const start = process.hrtime.bigint();
      await run(schedule);
      const ns = Number(process.hrtime.bigint() - start) / CALLBACKS;
      if (round > 0) figures[name]?.push(ns);
    }
  }
  for (const [name, values] of Object.entries(figures)) {
    console.log(`${run.name.padEnd(12)}${name.padEnd(24)} ${median(values).toFixed(1).padStart(8)} ns`);
  }
}
