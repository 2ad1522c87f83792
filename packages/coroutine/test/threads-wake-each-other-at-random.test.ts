// QEMU's test-aio-multithread, multi/schedule: five threads, whose coroutines wake each other at random. Two are awake at first, so that
// threads fall asleep and are rung all the time; then as many as there are threads; then a fifth of all, which refuse a second wake.
// COAIO_SOAK: so many milliseconds (1 = ten seconds). COAIO_SEED: what each coroutine tries.
import { setTimeout as passes } from 'node:timers/promises';
import type { AioContextHandle } from '@coaio/aio-context';
import { generationOf, joinThreads, stateOf, TAG, wordsOf } from '@coaio/aio-context/shared';
import { aioCoWake, Coroutine, type CoroutineHandle } from '@coaio/coroutine';
import { print, stressMs, stressSeed } from '@coaio/real-threads';
import { expect, test } from 'vitest';
import { startIOThreads, workerModule } from './support/io-threads.js';
import { AWAKE, END, PHASE, randomOf, STOP, WAKES, WANTED } from './workers/random-wakes.mjs';

const THREADS = 5;
const COROUTINES = 40;
const PATIENCE_MS = 15_000;
const worker = workerModule('random-wakes.mjs');

interface Made {
  handles: CoroutineHandle[];
  contexts: AioContextHandle[];
}

test.each([2, THREADS, (THREADS * COROUTINES) / 5])(
  'every wake is answered by one resumption, with %i awake at a time',
  async (wanted) => {
    const [seed, ms] = [stressSeed(), stressMs() / 3];
    const random = randomOf(seed);
    const words = new Int32Array(new SharedArrayBuffer(4 * (WAKES + 2 * THREADS * COROUTINES)));
    words[WANTED] = wanted;
    const threads = await startIOThreads(...Array.from({ length: THREADS }, (_, index) => `io ${index}`));
    const made = await Promise.all(
      threads.map((thread, index) =>
        thread.run<Made>(worker, 'makes', words, index * COROUTINES, COROUTINES, seed),
      ),
    );
    const handles = made.flatMap((of) => of.handles);
    const contexts = made.map((of) => of.contexts);
    await Promise.all(threads.map((thread) => thread.run(worker, 'meets', handles, contexts)));
    const views = handles.map((handle) => Coroutine.attach(handle));

    const wake = (target: number): void => {
      aioCoWake(views[target] as Coroutine);
      Atomics.add(words, AWAKE, 1);
      Atomics.add(words, WAKES + 2 * target, 1);
    };
    for (const target of startAt(random(handles.length), wanted, handles.length)) {
      // One of those woken before may have been faster.
      if (Atomics.load(words, WAKES + 2 * target) === 0) tryTo(() => wake(target));
    }
    const since = performance.now();
    await passes(ms);
    Atomics.store(words, PHASE, STOP);
    const seconds = (performance.now() - since) / 1000;

    // Whoever had not seen it has, and makes no wake any more.
    const fence = () => Promise.all(threads.map((thread) => thread.run(worker, 'fence')));
    await fence();
    const until = performance.now() + PATIENCE_MS;
    while (differences(words, handles).length > 0 && performance.now() < until) await fence();
    expect(differences(words, handles), `seed ${seed}`).toEqual([]);

    // Each one sleeps, and has not forgotten how to wake up.
    Atomics.store(words, PHASE, END);
    for (const target of views.keys()) wake(target);
    const refused = await Promise.all(threads.map((thread) => thread.run<number>(worker, 'ends')));
    expect(differences(words, handles), `seed ${seed}`).toEqual([]);
    const wakes = sum(handles.map((_, target) => words[WAKES + 2 * target] as number));
    expect(wakes).toBeGreaterThan(handles.length + wanted);
    print(
      `${wanted} awake: ${wakes} wakes, ${Math.round(wakes / seconds)}/s, ${sum(refused)} refused, seed ${seed}`,
    );
  },
  stressMs() + 60_000,
);

/** `count` in a row. */
function startAt(first: number, count: number, all: number): number[] {
  return Array.from({ length: count }, (_, index) => (first + index) % all);
}

function tryTo(callback: () => void): void {
  try {
    callback();
  } catch (error) {
    if ((error as { code?: string }).code !== 'COROUTINE_ALREADY_SCHEDULED') throw error;
  }
}

/** Those that were woken and resumed not equally often, and what is known of them. */
function differences(words: Int32Array, handles: CoroutineHandle[]): string[] {
  const cells = joinThreads().words;
  return handles.flatMap(({ cell, home }, number) => {
    const [wakes, resumptions] = [words[WAKES + 2 * number], words[WAKES + 2 * number + 1]];
    const tag = Atomics.load(cells, wordsOf(cell) + TAG);
    const state = `generation ${generationOf(tag)}, state ${stateOf(tag)}`;
    return wakes === resumptions
      ? []
      : [`${number} of thread ${home}: ${wakes} wakes, ${resumptions} resumptions, ${state}`];
  });
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
