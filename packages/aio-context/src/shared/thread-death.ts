// The end of a thread is told to the others: by the thread itself, as it exits; and by the thread that made it, which also hears of
// `Worker.terminate()`. Whoever waits for it looks again.
import { isMainThread, type Worker } from 'node:worker_threads';
import { unlockOfDead } from './context-lock.js';
import { ringForDeath } from './doorbell.js';
import {
  CELLS_USED,
  CONTEXT,
  DEAD,
  DEATHS,
  FREE,
  generationOf,
  HEADER,
  HOME,
  IDLE,
  IN_AIO_WAIT,
  KIND,
  LAST_GENERATION,
  MAX_THREADS,
  NODE_THREAD_ID,
  NOTIFIER,
  PARENT,
  stateOf,
  TAG,
  tagOf,
  WAKEABLE,
  wordsOf,
} from './layout.js';
import { type ThisThread, thisThread } from './this-thread.js';

export function isThreadAlive(words: Int32Array, number: number): boolean {
  return number > 0 && stateOf(Atomics.load(words, wordsOf(number) + TAG)) === IDLE;
}

/** Marks the thread as ended, frees the context locks that it held, and has every thread look again. @thread any */
export function announceDeath(thread: ThisThread, number: number): void {
  const { words } = thread;
  const at = wordsOf(number) + TAG;
  const tag = Atomics.load(words, at);
  if (stateOf(tag) !== IDLE) return;
  if (Atomics.compareExchange(words, at, tag, tagOf(generationOf(tag), DEAD)) !== tag) return;
  for (const cell of cellsOfKind(words, CONTEXT)) unlockOfDead(words, cell, number);
  tellEveryThread(thread);
}

/** Something that threads wait for has ended with a thread: they look again. @thread any */
export function tellEveryThread(thread: ThisThread): void {
  Atomics.add(thread.words, wordsOf(HEADER) + DEATHS, 1);
  for (let number = 1; number <= MAX_THREADS; number++) {
    if (isThreadAlive(thread.words, number)) ringForDeath(thread.words, number);
  }
}

export function* cellsOfKind(words: Int32Array, kind: number): Generator<number> {
  const end = Atomics.load(words, CELLS_USED);
  for (let cell = MAX_THREADS + 1; cell < end; cell++) {
    if (Atomics.load(words, wordsOf(cell) + KIND) === kind) yield cell;
  }
}

/** The calling thread made the worker, and has seen its exit: nothing of it runs any more, nor of the workers that it made. */
function bury(thread: ThisThread, number: number): void {
  const { words } = thread;
  for (let child = 1; child <= MAX_THREADS; child++) {
    const state = stateOf(Atomics.load(words, wordsOf(child) + TAG));
    if (state !== FREE && Atomics.load(words, wordsOf(child) + PARENT) === number) bury(thread, child);
  }
  announceDeath(thread, number);
  for (const cell of cellsOfKind(words, WAKEABLE)) takeOver(thread, cell, number);
  // The next thread of this number is alive before it has written these: until then nobody must take it for a child of this
  // one's parent, nor wake what uses the notifier's cell now.
  for (const word of [PARENT, NOTIFIER, IN_AIO_WAIT]) Atomics.store(words, wordsOf(number) + word, 0);
  const generation = generationOf(Atomics.load(words, wordsOf(number) + TAG)) + 1;
  if (generation < LAST_GENERATION) Atomics.store(words, wordsOf(number) + TAG, tagOf(generation, FREE));
}

/** A wakeable's cell of the ended thread may be used again, unless somebody is waking it. A waiter's may stand in a line. */
function takeOver(thread: ThisThread, cell: number, dead: number): void {
  const { words } = thread;
  const at = wordsOf(cell);
  if (Atomics.load(words, at + HOME) !== dead) return;
  const tag = Atomics.load(words, at + TAG);
  if (stateOf(tag) === FREE) thread.adopt(cell);
  else if (stateOf(tag) === IDLE) thread.letGo(cell, generationOf(tag));
}

function numberOf(words: Int32Array, nodeThreadId: number): number {
  for (let number = 1; number <= MAX_THREADS; number++) {
    const at = wordsOf(number);
    const isThere = stateOf(Atomics.load(words, at + TAG)) !== FREE;
    if (isThere && Atomics.load(words, at + NODE_THREAD_ID) === nodeThreadId) return number;
  }
  return 0;
}

// From the start on: a worker may be made before its maker has anything to share with it.
process.on('worker', (worker: Worker) => {
  const { threadId } = worker;
  worker.once('exit', () => {
    const thread = thisThread();
    const number = thread === null ? 0 : numberOf(thread.words, threadId);
    if (thread !== null && number !== 0) bury(thread, number);
  });
});

if (!isMainThread) {
  process.on('exit', () => {
    const thread = thisThread();
    if (thread !== null) announceDeath(thread, thread.number);
  });
}
