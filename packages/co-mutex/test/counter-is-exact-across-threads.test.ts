// QEMU's test-aio-multithread, multi/mutex/contended: five threads add to one counter, in plain steps, under the lock. Long enough for a
// lock that excludes nobody to lose an addition; COAIO_SOAK makes it longer. Beside it what two bare locks do.

import { print, stressMs } from '@coaio/real-threads';
import { expect, test } from 'vitest';
import { countUnderBaton, countUnderMutex, countUnderSpinlock } from './support/counting.js';
import { startIOThreads } from './support/io-threads.js';

const ms = stressMs() / 5;
const patience = 5 * ms + 60_000;
const five = () => startIOThreads('one', 'two', 'three', 'four', 'five');

test(
  'five threads, by turns with a plain Atomics lock and a baton',
  async () => {
    const threads = await five();
    const mutex = await countUnderMutex(threads, ms);
    const spinlock = await countUnderSpinlock(threads, ms);
    const baton = await countUnderBaton(threads, ms);
    print(`SharedCoMutex ${mutex.rate}; Atomics lock ${spinlock.rate}; baton ${baton.rate}`);
    expect(mutex.handOvers).toBeGreaterThan(threads.length);
  },
  patience,
);

test.each([
  { coroutines: 10, yieldsEach: 0 },
  { coroutines: 10, yieldsEach: 3 },
])(
  '$coroutines coroutines in each, yielding with the lock held (0: never) each $yieldsEach times',
  async (options) => {
    const counted = await countUnderMutex(await five(), ms, options);
    print(`SharedCoMutex ${counted.rate}`);
    expect(counted.handOvers).toBeGreaterThan(5);
  },
  patience,
);
