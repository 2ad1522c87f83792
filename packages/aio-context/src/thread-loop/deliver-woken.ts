import { contextOfCell } from '../context-cell.js';
import { ASKED_CONTEXT, NEXT, WOKEN, wordsOf } from '../shared/layout.js';
import type { ThisThread } from '../shared/this-thread.js';
import { takeWoken } from '../shared/wake-list.js';
import { wakeableOf } from '../shared/wakeable.js';
import { throwUncaught } from '../uncaught.js';
import { noticeDeaths, unseenDeaths } from './deaths.js';

/** Hands what other threads have woken to its contexts, in the order of the wakes. @returns whether there was anything. */
export function deliverWoken(thread: ThisThread): boolean {
  const { words } = thread;
  const deaths = unseenDeaths(words);
  // Looked at first: mostly there is nothing, and an exchange takes the cache line away from the wakers.
  let cell = hasWoken(words, thread.number) ? takeWoken(words, thread.number) : 0;
  const wasWoken = cell !== 0;
  while (cell !== 0) {
    const at = wordsOf(cell);
    const asked = Atomics.load(words, at + ASKED_CONTEXT);
    // Before the turn: then the next waker may write it.
    const next = Atomics.load(words, at + NEXT);
    try {
      // Not ours: woken in the last moment of a thread that had this number before.
      wakeableOf(cell)?.woken(asked === 0 ? undefined : contextOfCell(asked));
    } catch (error) {
      throwUncaught(error);
    }
    cell = next;
  }
  if (deaths !== null) noticeDeaths(words, deaths);
  return wasWoken || deaths !== null;
}

export function hasWoken(words: Int32Array, thread: number): boolean {
  return Atomics.load(words, wordsOf(thread) + WOKEN) !== 0;
}
