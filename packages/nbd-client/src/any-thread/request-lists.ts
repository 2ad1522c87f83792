// The requests of a view on their way to home, and the answers on their way back. Each list has one writer and one reader, and room for
// all slots: nothing is ever full, nobody waits for a place. `taken` is how many the reader has had, modulo 2^32; it keeps that itself.
import {
  ABORT,
  ABORTS,
  ANSWERED,
  ANSWERS,
  CALLS,
  SLOTS,
  SUBMISSIONS,
  SUBMITTED,
  VIEWS_PER_CALL_WORD,
  wordsOfSlot,
  wordsOfView,
} from './layout.js';

const MASK = SLOTS - 1;

/** By the view's thread, which has written the words of the slot, and calls home then. */
export function submit(words: Int32Array, view: number, slot: number): void {
  const at = wordsOfView(view);
  const submitted = Atomics.load(words, at + SUBMITTED);
  Atomics.store(words, at + SUBMISSIONS + (submitted & MASK), slot);
  Atomics.store(words, at + SUBMITTED, (submitted + 1) | 0);
}

/** By the view's thread, of a request that is not answered yet: it waits for nothing but its end. It calls home then. */
export function askToAbort(words: Int32Array, view: number, slot: number): void {
  Atomics.store(words, wordsOfSlot(view, slot) + ABORT, 1);
  Atomics.store(words, wordsOfView(view) + ABORTS, 1);
}

/** By the view's thread, which rings home then. */
export function call(words: Int32Array, view: number): void {
  const word = CALLS + (view < VIEWS_PER_CALL_WORD ? 0 : 1);
  Atomics.or(words, word, 1 << (view % VIEWS_PER_CALL_WORD));
}

/** By home, as it was rung: the views that have called, 31 in each word. */
export function takeCalls(words: Int32Array, word: number): number {
  return Atomics.exchange(words, CALLS + word, 0);
}

/** By home, before it takes submissions. @returns whether to look at what is under way after that, with {@link isToAbort}. */
export function takeAborts(words: Int32Array, view: number): boolean {
  return Atomics.exchange(words, wordsOfView(view) + ABORTS, 0) === 1;
}

export function isToAbort(words: Int32Array, view: number, slot: number): boolean {
  return Atomics.load(words, wordsOfSlot(view, slot) + ABORT) === 1;
}

/** By home. @returns a slot; -1: there is none. */
export function nextSubmission(words: Int32Array, view: number, taken: number): number {
  const at = wordsOfView(view);
  if (Atomics.load(words, at + SUBMITTED) === taken) return -1;
  return Atomics.load(words, at + SUBMISSIONS + (taken & MASK));
}

/** By home, of a view whose thread has ended. @returns what it has taken then: all there is. */
export function skipSubmissions(words: Int32Array, view: number): number {
  return Atomics.load(words, wordsOfView(view) + SUBMITTED);
}

/** By home, which touches neither the slot nor the memory of the request any more, and rings the bell then. */
export function answer(words: Int32Array, view: number, slot: number, detailed: number): void {
  const at = wordsOfView(view);
  const answered = Atomics.load(words, at + ANSWERED);
  Atomics.store(words, at + ANSWERS + (answered & MASK), (slot << 1) | detailed);
  Atomics.store(words, at + ANSWERED, (answered + 1) | 0);
}

/** By the view's thread. @returns `slot << 1 | DETAILED`; -1: there is none. */
export function nextAnswer(words: Int32Array, view: number, taken: number): number {
  const at = wordsOfView(view);
  if (Atomics.load(words, at + ANSWERED) === taken) return -1;
  return Atomics.load(words, at + ANSWERS + (taken & MASK));
}

/** By the thread of a new view. @returns what it has taken: the answers to those who had it before. */
export function skipAnswers(words: Int32Array, view: number): number {
  return Atomics.load(words, wordsOfView(view) + ANSWERED);
}
