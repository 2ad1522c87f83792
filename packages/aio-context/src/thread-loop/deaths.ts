import { DEATHS, HEADER, MAX_THREADS, wordsOf } from '../shared/layout.js';
import { isThreadAlive } from '../shared/thread-death.js';
import { lostWakeables } from '../shared/wakeable.js';
import { throwUncaught } from '../uncaught.js';

// Per thread: who waits for something that may end with another thread, and the deaths that they were told of.
const listeners = new Set<() => void>();
let told = 0;

/** Calls `listener` whenever threads have ended. */
export function onThreadDeath(listener: () => void): void {
  listeners.add(listener);
}

/** What this thread last saw in DEATHS: it must not fall asleep over another one. */
export function deathsSeen(): number {
  return told;
}

export function hasUnseenDeaths(words: Int32Array): boolean {
  return Atomics.load(words, wordsOf(HEADER) + DEATHS) !== told;
}

/** Which threads have ended, as of a moment before the wake list was taken. */
export interface Deaths {
  readonly count: number;
  readonly isDead: (thread: number) => boolean;
}

/**
 * To be asked before the wake list is taken: what those threads have pushed is in it. One that ends later may have pushed what is
 * not in it, and is no reason to take its claim for lost.
 */
export function unseenDeaths(words: Int32Array): Deaths | null {
  if (!hasUnseenDeaths(words)) return null;
  const count = Atomics.load(words, wordsOf(HEADER) + DEATHS);
  const dead = new Set<number>();
  for (let thread = 1; thread <= MAX_THREADS; thread++) if (!isThreadAlive(words, thread)) dead.add(thread);
  // Alive by now: it is another thread of that number.
  return { count, isDead: (thread) => dead.has(thread) && !isThreadAlive(words, thread) };
}

/** After the wake list was taken. */
export function noticeDeaths(words: Int32Array, deaths: Deaths): void {
  told = deaths.count;
  // Claimed by a thread that ended before its push: nobody else can wake them now.
  for (const { wakeable, claimer } of lostWakeables(words)) {
    if (deaths.isDead(claimer)) callSafely(() => wakeable.woken(undefined));
  }
  for (const listener of listeners) callSafely(listener);
}

function callSafely(callback: () => void): void {
  try {
    callback();
  } catch (error) {
    throwUncaught(error);
  }
}
