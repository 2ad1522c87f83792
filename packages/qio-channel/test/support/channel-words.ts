import { setImmediate } from 'node:timers/promises';
import type { QIOChannel } from '@coaio/qio-channel';

// As in src/shared/request.ts, where nobody else is to know them.
export const ASKED_FOR = 1;
export const TAKEN = 2;

const LIMIT_MS = 20_000;

/** What the threads of a shared channel share. */
export function wordsOfChannel(channel: QIOChannel): Int32Array {
  return new Int32Array(channel.handle.memory, 0, 96);
}

/** Blocks this thread, event loop and all, until the word is that: other threads go on, and find this one busy. */
export function blockUntilWord(words: Int32Array, index: number, wanted: number): void {
  const until = performance.now() + LIMIT_MS;
  for (let seen = Atomics.load(words, index); seen !== wanted; seen = Atomics.load(words, index)) {
    if (performance.now() > until) throw new Error(`word ${index} is still ${seen}, not ${wanted}`);
    // Nobody notifies it.
    Atomics.wait(words, index, seen, 1);
  }
}

/** Lets this thread go on until the word is that. */
export async function untilWord(words: Int32Array, index: number, wanted: number): Promise<void> {
  const until = performance.now() + LIMIT_MS;
  for (let seen = Atomics.load(words, index); seen !== wanted; seen = Atomics.load(words, index)) {
    if (performance.now() > until) throw new Error(`word ${index} is still ${seen}, not ${wanted}`);
    await setImmediate();
  }
}
