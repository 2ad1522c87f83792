// One lock and unlock that nobody contends for, one hand-over among 10 and among 10,000 waiters, and one of 10,000 waiters
// that give up, beside `async-mutex`, whose holders are async functions.
import { CoMutex } from '@coaio/co-mutex';
import { Coroutine, coRun, coYield } from '@coaio/coroutine';
import { Mutex } from 'async-mutex';

const MANY = 10_000;
/** So often each of them has the lock: coming into line is a small part then. */
const TURNS_OF_MANY = 20;

/** @type {import('@coaio/by-turns').Group[]} */
export const mutexGroups = [
  {
    name: 'lock + unlock, uncontended',
    unit: 'ns',
    prepare: () => ({
      cases: [
        {
          name: 'CoMutex',
          ours: true,
          run: (times) => coRun(() => locks(new CoMutex(), times)),
          goal: { of: 'ratio', most: 0.1 },
        },
        {
          name: 'CoMutex, trackHolds',
          ours: true,
          run: (times) => coRun(() => locks(new CoMutex('tracked', { trackHolds: true }), times)),
        },
        { name: 'async-mutex acquire', run: (times) => acquires(new Mutex(), times) },
        { name: 'async-mutex runExclusive', run: runsExclusive },
      ],
    }),
  },
  handOverGroup(10, 10),
];

/** Long lines of waiters: a turn takes its time. @type {import('@coaio/by-turns').Group[]} */
export const mutexLineGroups = [
  handOverGroup(MANY, MANY * TURNS_OF_MANY),
  {
    name: `giving up, ${MANY} waiters`,
    unit: 'ns',
    prepare: () => ({ cases: [{ name: 'CoMutex', ours: true, batch: MANY, run: giveUp }] }),
  },
];

/**
 * @param {number} waiters
 * @param {number} batch
 * @returns {import('@coaio/by-turns').Group}
 */
function handOverGroup(waiters, batch) {
  return {
    name: `lock + unlock, ${waiters} waiters`,
    unit: 'ns',
    prepare: () => ({
      cases: [
        { name: 'CoMutex', ours: true, batch, run: (times) => handOvers(waiters, times) },
        { name: 'async-mutex acquire', batch, run: (times) => acquireHandOvers(waiters, times) },
      ],
    }),
  };
}

/**
 * @param {CoMutex} mutex
 * @param {number} times
 */
function* locks(mutex, times) {
  for (let i = 0; i < times; i++) {
    yield* mutex.lock();
    mutex.unlock();
  }
}

/**
 * @param {Mutex} mutex
 * @param {number} times
 */
async function acquires(mutex, times) {
  for (let i = 0; i < times; i++) {
    const release = await mutex.acquire();
    release();
  }
}

/** @param {number} times */
async function runsExclusive(times) {
  const mutex = new Mutex();
  for (let i = 0; i < times; i++) await mutex.runExclusive(() => {});
}

/**
 * Each starts to wait while the lock is held, so that every unlock from then on hands it over.
 *
 * @param {number} waiters
 * @param {number} times
 */
function handOvers(waiters, times) {
  const mutex = new CoMutex();
  const holder = holding(mutex);
  const all = Array.from({ length: waiters }, () => coRun(() => locks(mutex, times / waiters)));
  holder.enter();
  return Promise.all(all);
}

/**
 * @param {number} waiters
 * @param {number} times
 */
async function acquireHandOvers(waiters, times) {
  const mutex = new Mutex();
  const release = await mutex.acquire();
  const all = Array.from({ length: waiters }, () => acquires(mutex, times / waiters));
  release();
  await Promise.all(all);
}

/**
 * The last first, each by its own signal.
 *
 * @param {number} waiters
 */
function giveUp(waiters) {
  const mutex = new CoMutex();
  const holder = holding(mutex);
  const aborts = Array.from({ length: waiters }, () => new AbortController());
  for (const { signal } of aborts) coRun(() => mutex.lock({ signal })).catch(() => {});
  for (const abort of aborts.reverse()) abort.abort();
  holder.enter();
}

/** It lets go when it is entered. @param {CoMutex} mutex */
function holding(mutex) {
  const holder = Coroutine.create(function* () {
    yield* mutex.lock();
    yield* coYield();
    mutex.unlock();
  });
  holder.enter();
  return holder;
}
