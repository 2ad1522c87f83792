// In each round three threads and one more contend for a lock, and that one ends: terminated at any instruction, or by itself with the lock
// held. The others go on, or are told that the lock is broken. COAIO_SOAK: rounds for so many milliseconds (1 = ten seconds); COAIO_SEED.
import { setImmediate as turn } from 'node:timers/promises';
import { IOThread } from '@coaio/aio-context';
import { SharedCoMutex } from '@coaio/co-mutex';
import { print, stressMs, stressSeed } from '@coaio/real-threads';
import { expect, test } from 'vitest';
import { startIOThreads, workerModule } from './support/io-threads.js';
import { nobodyHangs } from './support/nobody-hangs.js';
import { randomNumbers } from './support/random-numbers.mjs';
import { COUNTER, INSIDE, STOP, VICTIMS } from './workers/counts-until-told.mjs';

const ROUNDS = 50;
const SIDE_BY_SIDE = 5;
const worker = workerModule('counts-until-told.mjs');

interface Outcome {
  count: number;
  ends: string[];
}

test(
  'everybody gets the lock or is told',
  async () => {
    const [seed, until] = [stressSeed(), performance.now() + stressMs(0)];
    const random = randomNumbers(seed);
    const threads = await startIOThreads('one', 'two', 'three');
    await Promise.all(threads.map((thread) => thread.run(worker, 'ready')));
    const outcomes = { broken: 0, whole: 0 };
    let round = 0;
    while (round < ROUNDS || performance.now() < until) {
      const victims = await Promise.all(
        Array.from({ length: SIDE_BY_SIDE }, () => IOThread.start({ name: 'victim' })),
      );
      await Promise.all(victims.map((victim) => victim.run(worker, 'ready')));
      for (const victim of victims) {
        const isBroken = await oneRound(threads, victim, random, `round ${round++}, seed ${seed}`);
        outcomes[isBroken ? 'broken' : 'whole']++;
      }
    }
    print(`${round} rounds, lock broken in ${outcomes.broken}, seed ${seed}`);
    expect(outcomes.broken).toBeGreaterThan(0);
    expect(outcomes.whole).toBeGreaterThan(0);
  },
  stressMs(0) + 120_000,
);

/** @returns whether the lock was broken by it. */
async function oneRound(
  threads: IOThread[],
  victim: IOThread,
  random: (below: number) => number,
  what: string,
): Promise<boolean> {
  const words = new Int32Array(new SharedArrayBuffer(16));
  const mutex = new SharedCoMutex('contended');
  const coroutines = 1 + random(4);
  const run = (thread: IOThread, options: object) =>
    thread.run<Outcome>(worker, 'counts', mutex.handle, words, random(2 ** 30), { coroutines, ...options });
  const all = threads.map((thread) => run(thread, {}));
  const endsAt = random(3) === 0 ? 1 + random(50) : -1;
  const dies = run(victim, { isVictim: true, endsAt });
  dies.catch(() => {});
  for (let turns = random(200); turns > 0; turns--) await turn();
  if (endsAt > 0)
    await nobodyHangs(
      dies.catch(() => {}),
      what,
    );
  await victim.terminate();
  for (let turns = random(20); turns > 0; turns--) await turn();
  Atomics.store(words, STOP, 1);
  const outcomes = await nobodyHangs(Promise.all(all), what);

  const ends = new Set(outcomes.flatMap(({ ends }) => ends));
  const counted = outcomes.reduce((sum, { count }) => sum + count, 0);
  if (ends.has('CO_MUTEX_BROKEN')) expect(mutex.isBroken, what).toBe(true);
  ends.delete('CO_MUTEX_BROKEN');
  ends.delete('told to stop');
  expect([...ends], what).toEqual([]);
  if (!mutex.isBroken) {
    expect([words[INSIDE], (words[COUNTER] as number) - (words[VICTIMS] as number)], what).toEqual([
      0,
      counted,
    ]);
  }
  return mutex.isBroken;
}
