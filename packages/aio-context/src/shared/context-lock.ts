// The lock of a context, between threads (QEMU's `aio_context_acquire`): a futex. Home holds it while it dispatches; another
// thread that holds it may touch what the context's callbacks touch.
import { LOCK, LOCK_CONTENDED, LOCK_WANTED, wordsOf } from './layout.js';

/** How long home stands back for a thread that wants the lock and was rung, but has not come yet. */
const COURTESY_MS = 1;

export function lockOwner(words: Int32Array, context: number): number {
  return Atomics.load(words, wordsOf(context) + LOCK) & ~LOCK_CONTENDED;
}

/** Blocks until the calling thread has the lock. Not recursive: see `ContextLockHolder`. @thread any but home */
export function lockFromElsewhere(words: Int32Array, context: number, thread: number): void {
  const at = wordsOf(context);
  if (Atomics.compareExchange(words, at + LOCK, 0, thread) === 0) return;
  lockContended(words, at + LOCK, thread, at + LOCK_WANTED);
  // It may be another one's wish; that one wakes with the unlock and says so again.
  Atomics.store(words, at + LOCK_WANTED, 0);
  // Home may stand back until it sees that the lock is taken.
  Atomics.notify(words, at + LOCK);
}

/** As {@link lockFromElsewhere}; but those that want it come first, for home will want it again in a moment. @thread home */
export function lockFromHome(words: Int32Array, context: number, thread: number): void {
  const at = wordsOf(context);
  if (Atomics.load(words, at + LOCK_WANTED) !== 0) {
    // Once for each time that it was said: who said it may have ended since.
    Atomics.store(words, at + LOCK_WANTED, 0);
    Atomics.wait(words, at + LOCK, 0, COURTESY_MS);
  }
  if (Atomics.compareExchange(words, at + LOCK, 0, thread) !== 0) lockContended(words, at + LOCK, thread);
}

export function unlock(words: Int32Array, context: number): void {
  const lock = wordsOf(context) + LOCK;
  if ((Atomics.exchange(words, lock, 0) & LOCK_CONTENDED) !== 0) Atomics.notify(words, lock);
}

/** A thread has ended: its lock is free. */
export function unlockOfDead(words: Int32Array, context: number, dead: number): void {
  const lock = wordsOf(context) + LOCK;
  for (let seen = Atomics.load(words, lock); (seen & ~LOCK_CONTENDED) === dead; ) {
    const was = Atomics.compareExchange(words, lock, seen, 0);
    if (was === seen) break;
    seen = was;
  }
  // Also if it had let go of it: it may not have come to tell.
  Atomics.notify(words, lock);
}

/** @param wanted word to be set before each wait, if home is to stand back. */
function lockContended(words: Int32Array, lock: number, thread: number, wanted = 0): void {
  for (;;) {
    const seen = Atomics.load(words, lock);
    if (seen === 0) {
      // Others may wait too: whoever has waited cannot know, and leaves the mark.
      if (Atomics.compareExchange(words, lock, 0, thread | LOCK_CONTENDED) === 0) return;
    } else if (
      (seen & LOCK_CONTENDED) !== 0 ||
      Atomics.compareExchange(words, lock, seen, seen | LOCK_CONTENDED) === seen
    ) {
      if (wanted !== 0) Atomics.store(words, wanted, 1);
      Atomics.wait(words, lock, seen | LOCK_CONTENDED);
    }
  }
}
