// The doorbell of a thread: rung only while it sleeps, once however many wakes there are (QEMU's `aio_notify`,
// `aio_notify_accept` and `notify_me`).
import { ASLEEP, DEATHS, HEADER, WOKEN, wordsOf } from './layout.js';

/** After a push: wakes the thread if it sleeps. @thread any. @returns whether it had to be rung. */
export function ring(words: Int32Array, thread: number): boolean {
  const asleep = wordsOf(thread) + ASLEEP;
  // The first of a batch takes the 1 away; the others find 0 and the thread on its way.
  if (Atomics.load(words, asleep) === 0 || Atomics.compareExchange(words, asleep, 1, 0) === 0) return false;
  Atomics.notify(words, asleep);
  return true;
}

/**
 * For a death, which is in no wake list, after it was counted in DEATHS: {@link ring} would trust that whoever took the 1 away lives
 * to notify, and a claimed notifier that it gets pushed. @thread any
 */
export function ringForDeath(words: Int32Array, thread: number): void {
  const asleep = wordsOf(thread) + ASLEEP;
  Atomics.store(words, asleep, 0);
  Atomics.notify(words, asleep);
}

/**
 * The thread is going to sleep, with `Atomics.wait` or `waitAsync` on ASLEEP being 1.
 * `deathsSeen` is what it last saw in DEATHS, before it took the list: a death that nobody can push is noticed so.
 * @thread home. @returns false if there is something to do after all.
 */
export function fallAsleep(words: Int32Array, thread: number, deathsSeen: number): boolean {
  const at = wordsOf(thread);
  Atomics.store(words, at + ASLEEP, 1);
  // Only now: who pushed before this look is seen here, who pushes after it sees the 1.
  if (Atomics.load(words, at + WOKEN) === 0 && Atomics.load(words, wordsOf(HEADER) + DEATHS) === deathsSeen) {
    return true;
  }
  Atomics.store(words, at + ASLEEP, 0);
  return false;
}

/** The thread is up: from now on it looks at its list by itself. @thread home */
export function wakeUp(words: Int32Array, thread: number): void {
  Atomics.store(words, wordsOf(thread) + ASLEEP, 0);
}
