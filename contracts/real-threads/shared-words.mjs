// Far beyond what a loaded machine needs. A blocked thread cannot be timed out from outside: the runner would wait for ever.
const LIMIT_MS = 20_000;

/** Words that a test shares with its threads. */
export function sharedWords(count = 8) {
  return new Int32Array(new SharedArrayBuffer(4 * count));
}

/**
 * Blocks this thread, event loop and all, until the word is at least that.
 *
 * @param {Int32Array} words
 * @throws Error after 20 seconds, with the word
 */
export function blockUntil(words, index = 0, atLeast = 1) {
  const until = performance.now() + LIMIT_MS;
  for (let seen = Atomics.load(words, index); seen < atLeast; seen = Atomics.load(words, index)) {
    const left = until - performance.now();
    if (left <= 0) throw new Error(`word ${index} is still ${seen} after ${LIMIT_MS} ms, not ${atLeast}`);
    Atomics.wait(words, index, seen, left);
  }
}

/** @param {Int32Array} words */
export function set(words, index = 0) {
  Atomics.store(words, index, 1);
  Atomics.notify(words, index);
}
