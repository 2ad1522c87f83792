import type { IOThread } from '@coaio/aio-context';
import { SharedCoMutex } from '@coaio/co-mutex';
import { expect } from 'vitest';
import { COUNTER, HAND_OVERS, WORDS } from '../workers/counts.mjs';
import { workerModule } from './io-threads.js';
import { nobodyHangs } from './nobody-hangs.js';

const worker = workerModule('counts.mjs');

export interface Counted {
  count: number;
  handOvers: number;
  /** `0.27 M/s, 1234 hand-overs`. */
  rate: string;
}

/** Has the threads add to a counter, `milliseconds` long. It must be exact. */
async function count(
  threads: IOThread[],
  milliseconds: number,
  run: (thread: IOThread, words: Int32Array, index: number) => Promise<number>,
): Promise<Counted> {
  const words = new Int32Array(new SharedArrayBuffer(4 * WORDS));
  await Promise.all(threads.map((thread) => thread.run(worker, 'ready')));
  const since = performance.now();
  const all = Promise.all(threads.map((thread, index) => run(thread, words, index)));
  const counts = await nobodyHangs(all, 'counting', milliseconds + 20_000);
  const seconds = (performance.now() - since) / 1000;
  const total = counts.reduce((sum, count) => sum + count, 0);
  expect(words[COUNTER]).toBe(total);
  const handOvers = words[HAND_OVERS] as number;
  return {
    count: total,
    handOvers,
    rate: `${(total / seconds / 1e6).toFixed(3)} M/s, ${handOvers} hand-overs`,
  };
}

export function countUnderMutex(
  threads: IOThread[],
  milliseconds: number,
  options: { coroutines?: number; yieldsEach?: number } = {},
): Promise<Counted> {
  const { handle } = new SharedCoMutex('counter');
  return count(threads, milliseconds, (thread, words, index) =>
    thread.run(worker, 'countsUnderMutex', handle, words, index, milliseconds, options),
  );
}

export function countUnderSpinlock(threads: IOThread[], milliseconds: number): Promise<Counted> {
  return count(threads, milliseconds, (thread, words, index) =>
    thread.run(worker, 'countsUnderSpinlock', words, index, milliseconds),
  );
}

export function countUnderBaton(threads: IOThread[], milliseconds: number): Promise<Counted> {
  return count(threads, milliseconds, (thread, words, index) =>
    thread.run(worker, 'countsUnderBaton', words, index, milliseconds, threads.length),
  );
}
