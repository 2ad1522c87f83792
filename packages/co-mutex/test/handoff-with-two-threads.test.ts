// QEMU's multi/mutex/handoff: two threads on purpose. With more of them somebody stands in line nearly always; with two the lock
// is often let go in the moment in which the other one announces itself, and has to be left to it.

import { print, stressMs } from '@coaio/real-threads';
import { expect, test } from 'vitest';
import { countUnderBaton, countUnderMutex, countUnderSpinlock } from './support/counting.js';
import { startIOThreads } from './support/io-threads.js';

const ms = stressMs() / 5;
const patience = 5 * ms + 60_000;

test(
  'the counter is exact, and the lock goes to and fro',
  async () => {
    const threads = await startIOThreads('one', 'two');
    const mutex = await countUnderMutex(threads, ms);
    const spinlock = await countUnderSpinlock(threads, ms);
    const baton = await countUnderBaton(threads, ms);
    print(`SharedCoMutex ${mutex.rate}; Atomics lock ${spinlock.rate}; baton ${baton.rate}`);
    expect(mutex.handOvers).toBeGreaterThan(2);
  },
  patience,
);

test(
  'held over a yield of its coroutine: who waits for longer than it spins stands in line',
  async () => {
    const counted = await countUnderMutex(await startIOThreads('one', 'two'), ms, { yieldsEach: 1 });
    print(`SharedCoMutex, held over a yield: ${counted.rate}`);
    expect(counted.handOvers).toBeGreaterThan(2);
  },
  patience,
);
