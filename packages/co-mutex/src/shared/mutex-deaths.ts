import {
  cellsOfKind,
  isThreadAlive,
  joinThreads,
  MUTEX,
  onThreadDeath,
  wordsOf,
} from '@coaio/aio-context/shared';
import { breakIfHeldBy } from './hand-off.js';
import { holderOf, isHeld, LOCK_WORD } from './layout.js';
import { ownWaiters } from './shared-waiter.js';

// Per thread: whether it looks at the locks when a thread has ended.
let watching = false;

/** From now on this thread's waiters are told when the thread that holds their lock ends. */
export function watchDeaths(): void {
  if (watching) return;
  watching = true;
  onThreadDeath(() => {
    const thread = joinThreads();
    for (const cell of cellsOfKind(thread.words, MUTEX)) breakIfHolderEnded(thread.words, cell);
    // Also one that was handed the lock by a thread that ended before it could wake it.
    for (const waiter of ownWaiters()) waiter.lookSoon();
  });
}

export function breakIfHolderEnded(words: Int32Array, cell: number): void {
  const word = Atomics.load(words, wordsOf(cell) + LOCK_WORD);
  const holder = holderOf(word);
  if (isHeld(word) && !isThreadAlive(words, holder)) breakIfHeldBy(words, cell, holder);
}
