// The shared wake list: any thread asks for a wakeable to run in its home thread. The wakeable owns its link, so nothing is
// allocated and nothing overflows; the claim makes sure that it is in one list at most, and once.
import {
  ASKED_CONTEXT,
  generationOf,
  HOME,
  IDLE,
  NEXT,
  SCHEDULED,
  stateOf,
  TAG,
  tagOf,
  WOKEN,
  wordsOf,
} from './layout.js';

/** `scheduled`: somebody has asked already. `stale`: the cell is no longer what the handle named. */
export type Claim = 'claimed' | 'scheduled' | 'stale';

/** Makes the caller the one who wakes the cell; it must {@link pushWoken} then. @thread any */
export function claim(words: Int32Array, cell: number, generation: number, thread: number): Claim {
  const at = wordsOf(cell);
  const idle = tagOf(generation, IDLE);
  const seen = Atomics.compareExchange(words, at + TAG, idle, tagOf(generation, SCHEDULED, thread));
  if (seen === idle) return 'claimed';
  return stateOf(seen) === SCHEDULED && generationOf(seen) === generation ? 'scheduled' : 'stale';
}

/** Puts the claimed cell in its home thread's list. @thread any, the claimer. @returns the home thread, to be rung. */
export function pushWoken(words: Int32Array, cell: number, askedContext: number): number {
  const at = wordsOf(cell);
  const home = Atomics.load(words, at + HOME);
  const list = wordsOf(home) + WOKEN;
  Atomics.store(words, at + ASKED_CONTEXT, askedContext);
  let head = Atomics.load(words, list);
  for (;;) {
    Atomics.store(words, at + NEXT, head);
    const seen = Atomics.compareExchange(words, list, head, cell);
    if (seen === head) return home;
    head = seen;
  }
}

/** Takes all that were woken and links them oldest first through NEXT. @thread home. @returns the first, or 0. */
export function takeWoken(words: Int32Array, thread: number): number {
  let newest = Atomics.exchange(words, wordsOf(thread) + WOKEN, 0);
  let first = 0;
  while (newest !== 0) {
    const link = wordsOf(newest) + NEXT;
    const older = Atomics.load(words, link);
    Atomics.store(words, link, first);
    first = newest;
    newest = older;
  }
  return first;
}

/** Its turn has come: from now on it can be woken again, also by what it runs itself. @thread home. */
export function rearm(words: Int32Array, cell: number, generation: number): void {
  Atomics.store(words, wordsOf(cell) + TAG, tagOf(generation, IDLE));
}
