/** Words that a test shares with its threads. */
export function sharedWords(count = 1): Int32Array {
  return new Int32Array(new SharedArrayBuffer(4 * count));
}

/** Blocks this thread, event loop and all, until the word is no longer 0. */
export function blockUntilSet(words: Int32Array, index = 0): void {
  while (Atomics.load(words, index) === 0) Atomics.wait(words, index, 0);
}

export function set(words: Int32Array, index = 0): void {
  Atomics.store(words, index, 1);
  Atomics.notify(words, index);
}
