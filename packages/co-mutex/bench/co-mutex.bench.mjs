// Nanoseconds for one lock and unlock that nobody contends for, and for one hand-over among 10 waiters, beside
// `async-mutex`, whose holders are async functions.
//   pnpm --filter @coaio/co-mutex bench
import { CoMutex } from '@coaio/co-mutex';
import { Coroutine, coRun, coYield } from '@coaio/coroutine';
import { Mutex } from 'async-mutex';

const ROUNDS = 9;
const LOCKS = 200_000;
const WAITERS = 10;

/** @param {number[]} values */
function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
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

/** @type {Record<string, Record<string, () => Promise<unknown>>>} */
const groups = {
  uncontended: {
    CoMutex: () => coRun(() => locks(new CoMutex(), LOCKS)),
    'async-mutex acquire': () => acquires(new Mutex(), LOCKS),
    'async-mutex runExclusive': async () => {
      const mutex = new Mutex();
      for (let i = 0; i < LOCKS; i++) await mutex.runExclusive(() => {});
    },
  },
  [`${WAITERS} waiters`]: {
    // Each starts to wait while the lock is held, so that every unlock from then on hands it over.
    CoMutex: () => {
      const mutex = new CoMutex();
      const holder = Coroutine.create(function* () {
        yield* mutex.lock();
        yield* coYield();
        mutex.unlock();
      });
      holder.enter();
      const waiters = Array.from({ length: WAITERS }, () => coRun(() => locks(mutex, LOCKS / WAITERS)));
      holder.enter();
      return Promise.all(waiters);
    },
    'async-mutex acquire': async () => {
      const mutex = new Mutex();
      const release = await mutex.acquire();
      const waiters = Array.from({ length: WAITERS }, () => acquires(mutex, LOCKS / WAITERS));
      release();
      await Promise.all(waiters);
    },
  },
};

for (const [group, cases] of Object.entries(groups)) {
  /** @type {Record<string, number[]>} */
  const figures = Object.fromEntries(Object.keys(cases).map((name) => [name, []]));
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [name, run] of Object.entries(cases)) {
      const start = process.hrtime.bigint();
      await run();
      const ns = Number(process.hrtime.bigint() - start) / LOCKS;
      if (round > 0) figures[name]?.push(ns);
    }
  }
  for (const [name, values] of Object.entries(figures)) {
    const ratio = median(values.map((ns, round) => ns / (figures['CoMutex']?.[round] ?? Number.NaN)));
    const ns = median(values).toFixed(1).padStart(8);
    console.log(`${group.padEnd(12)}${name.padEnd(26)} ${ns} ns, ${ratio.toFixed(1)}x`);
  }
}
