import type { BottomHalfHandle } from '@coaio/aio-context';
import { print, set, sharedWords, stressMs, stressSeed } from '@coaio/real-threads';
import { expect, test } from 'vitest';
import { startIOThread } from './support/io-thread.js';

// Stresses the shared wake list: claims, pushes, rings and falling asleep of five threads at once. Five as in QEMU's
// test-aio-multithread, hundreds of bottom halves so that few wakes are merged.
const random = new URL('./workers/random-wakes.mjs', import.meta.url);
const THREADS = 5;
const EACH = 200;

const sum = (words: Int32Array): number => words.reduce((total, word) => total + word, 0);

test(
  'no wake is lost and none is doubled',
  async () => {
    const [seed, ms] = [stressSeed(), stressMs()];
    const [claims, runs, stop] = [sharedWords(THREADS * EACH), sharedWords(THREADS * EACH), sharedWords()];
    const threads = await Promise.all(
      Array.from({ length: THREADS }, (_, i) => startIOThread(`random ${i}`)),
    );
    const handles: BottomHalfHandle[][] = await Promise.all(
      threads.map((thread, i) =>
        thread.run<BottomHalfHandle[]>(random, 'makes', {
          ...{ first: i * EACH, count: EACH, claims, runs, stop, seed: seed + i },
        }),
      ),
    );
    await Promise.all(threads.map((thread) => thread.run(random, 'knows', handles.flat())));
    const start = performance.now();
    await Promise.all(threads.map((thread, i) => thread.run(random, 'wake', i * EACH, claims)));
    while (performance.now() - start < ms) await threads[0]?.run(random, 'settles');
    const rate = sum(runs) / (performance.now() - start);
    set(stop);
    // What is under way arrives within some turns of the event loops, or never.
    for (let turn = 0; turn < 1000 && sum(runs) !== sum(claims); turn++) {
      await Promise.all(threads.map((thread) => thread.run(random, 'settles')));
    }
    print(`seed ${seed}: ${sum(runs)} wakes of ${THREADS} threads, ${Math.round(rate)} in a millisecond`);
    expect(sum(runs)).toBeGreaterThan(THREADS * EACH);
    expect([...runs]).toEqual([...claims]);
  },
  30_000 + 2 * stressMs(),
);
