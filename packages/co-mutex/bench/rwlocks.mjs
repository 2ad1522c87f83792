// One lock and unlock of a CoRwlock, reading and writing, alone and among others, beside `async-mutex` and a CoMutex.
import { CoMutex, CoRwlock } from '@coaio/co-mutex';
import { coRun, coSelf, coYield } from '@coaio/coroutine';
import { Mutex } from 'async-mutex';

/** @import { Lockable } from '@coaio/coroutine' */

const WORKERS = 10;

/** @type {import('@coaio/by-turns').Group[]} */
export const rwlockGroups = [
  {
    name: 'reader-writer lock, uncontended',
    unit: 'ns',
    prepare: () => ({
      cases: [
        {
          name: 'CoRwlock, reading',
          ours: true,
          run: (times) => coRun(() => locks(new CoRwlock().reader, times)),
        },
        {
          name: 'CoRwlock, writing',
          ours: true,
          run: (times) => coRun(() => locks(new CoRwlock().writer, times)),
        },
        { name: 'CoMutex', ours: true, run: (times) => coRun(() => locks(new CoMutex(), times)) },
        { name: 'async-mutex acquire', run: acquires },
      ],
    }),
  },
  {
    name: `reader-writer lock, ${WORKERS} that hold it for a yield`,
    unit: 'ns',
    prepare: () => ({
      cases: [
        ...Object.entries({ 'all read': Number.POSITIVE_INFINITY, '1 of 10 writes': 10, 'all write': 1 }).map(
          ([name, writeEvery]) => ({
            name: `CoRwlock, ${name}`,
            ours: true,
            batch: WORKERS,
            run: (/** @type {number} */ times) => mixedRwlock(writeEvery, times),
          }),
        ),
        { name: 'CoMutex', ours: true, batch: WORKERS, run: mixedMutex },
        { name: 'async-mutex, for an await', batch: WORKERS, run: mixedAcquires },
      ],
    }),
  },
];

/**
 * @param {Lockable} lock
 * @param {number} times
 */
function* locks(lock, times) {
  for (let i = 0; i < times; i++) {
    yield* lock.lock();
    lock.unlock();
  }
}

/** @param {number} times */
async function acquires(times) {
  const mutex = new Mutex();
  for (let i = 0; i < times; i++) (await mutex.acquire())();
}

/**
 * Every so many locks one writes. Who has the lock yields, so that the others come to wait, and whoever enters it next is
 * the loop below.
 *
 * @param {(write: boolean) => Lockable} lockFor
 * @param {number} writeEvery
 * @param {number} times
 */
async function mixed(lockFor, writeEvery, times) {
  /** @type {Set<import('@coaio/coroutine').Coroutine>} */
  const inside = new Set();
  const workers = Array.from({ length: WORKERS }, () =>
    coRun(function* () {
      for (let i = 1; i <= times / WORKERS; i++) {
        const lock = lockFor(i % writeEvery === 0);
        yield* lock.lock();
        inside.add(coSelf());
        yield* coYield();
        lock.unlock();
      }
    }),
  );
  while (inside.size > 0) {
    for (const one of [...inside]) {
      inside.delete(one);
      one.enter();
    }
  }
  await Promise.all(workers);
}

/**
 * @param {number} writeEvery
 * @param {number} times
 */
function mixedRwlock(writeEvery, times) {
  const { reader, writer } = new CoRwlock();
  return mixed((write) => (write ? writer : reader), writeEvery, times);
}

/** @param {number} times */
function mixedMutex(times) {
  const mutex = new CoMutex();
  return mixed(() => mutex, 2, times);
}

/** @param {number} times */
async function mixedAcquires(times) {
  const mutex = new Mutex();
  const workers = Array.from({ length: WORKERS }, async () => {
    for (let i = 1; i <= times / WORKERS; i++) {
      const release = await mutex.acquire();
      await undefined;
      release();
    }
  });
  await Promise.all(workers);
}
