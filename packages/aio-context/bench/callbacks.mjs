// One callback: a one-shot bottom half beside what Node offers, in batches (many callbacks in one iteration of the event
// loop) and one by one (each schedules the next, so each costs an iteration).
import { getMainAioContext } from '@coaio/aio-context';

/** @typedef {(callback: () => void) => void} Schedule */

const BATCH = 1000;

/** @type {import('@coaio/by-turns').Group[]} */
export const callbackGroups = [
  { name: `callbacks, ${BATCH} at once`, unit: 'ns', prepare: () => prepare(inBatches, BATCH) },
  { name: 'callbacks, one by one', unit: 'ns', prepare: () => prepare(oneByOne, 1) },
];

/**
 * @param {(schedule: Schedule, callbacks: number) => Promise<void>} run
 * @param {number} batch
 * @returns {import('@coaio/by-turns').Prepared}
 */
function prepare(run, batch) {
  const context = getMainAioContext();
  /** @type {Record<string, Schedule>} */
  const rivals = {
    setImmediate: (callback) => setImmediate(callback),
    queueMicrotask: (callback) => queueMicrotask(callback),
  };
  const ours = (/** @type {() => void} */ callback) => context.scheduleOneshot(callback);
  return {
    cases: [
      { name: 'one-shot bottom half', ours: true, batch, run: (callbacks) => run(ours, callbacks) },
      ...Object.entries(rivals).map(([name, schedule]) => ({
        name,
        batch,
        run: (/** @type {number} */ callbacks) => run(schedule, callbacks),
      })),
    ],
  };
}

/**
 * @param {Schedule} schedule
 * @param {number} callbacks a multiple of BATCH
 * @returns {Promise<void>}
 */
function inBatches(schedule, callbacks) {
  return new Promise((resolve) => {
    let left = callbacks;
    const batch = () => {
      for (let i = 0; i < BATCH; i++) schedule(callback);
    };
    const callback = () => {
      if (--left === 0) resolve();
      else if (left % BATCH === 0) batch();
    };
    batch();
  });
}

/**
 * @param {Schedule} schedule
 * @param {number} callbacks
 * @returns {Promise<void>}
 */
function oneByOne(schedule, callbacks) {
  return new Promise((resolve) => {
    let left = callbacks;
    const callback = () => {
      if (--left === 0) resolve();
      else schedule(callback);
    };
    schedule(callback);
  });
}
