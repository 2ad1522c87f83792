/** Words that a test shares with its threads. */
export function sharedWords(count = 8): Int32Array {
  return new Int32Array(new SharedArrayBuffer(4 * count));
}

/** Blocks this thread, event loop and all, until the word is at least that. */
export function blockUntil(words: Int32Array, index: number, atLeast = 1): void {
  for (let seen = Atomics.load(words, index); seen < atLeast; seen = Atomics.load(words, index)) {
    Atomics.wait(words, index, seen);
  }
}

export function set(words: Int32Array, index: number): void {
  Atomics.store(words, index, 1);
  Atomics.notify(words, index);
}
