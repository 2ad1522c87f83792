import { wakeCell } from './cell-handle.js';
import { generationOf, IDLE, IN_AIO_WAIT, MAX_THREADS, NOTIFIER, stateOf, TAG, wordsOf } from './layout.js';
import type { ThisThread } from './this-thread.js';

/** Makes the thread take a turn, though nothing was woken (`aio_notify`). Many at once are one. @thread any */
export function notifyThread(thread: ThisThread, number: number): void {
  const { words } = thread;
  const tag = Atomics.load(words, wordsOf(number) + TAG);
  const notifier = Atomics.load(words, wordsOf(number) + NOTIFIER);
  // It is joining just now, and will look at everything.
  if (notifier === 0) return;
  const generation = generationOf(Atomics.load(words, wordsOf(notifier) + TAG));
  // Else it has ended meanwhile, and the cell may be anybody's.
  if (stateOf(tag) === IDLE && Atomics.load(words, wordsOf(number) + TAG) === tag) {
    wakeCell(thread, notifier, generation);
  }
}

/** Wakes the threads that are in `aioWaitWhile`. @thread any */
export function notifyAioWaiters(thread: ThisThread): void {
  const { words } = thread;
  for (let number = 1; number <= MAX_THREADS; number++) {
    if (Atomics.load(words, wordsOf(number) + IN_AIO_WAIT) !== 0) notifyThread(thread, number);
  }
}
