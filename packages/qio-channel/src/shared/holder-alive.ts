import { IDLE, stateOf, TAG, wordsOf } from '@coaio/aio-context/shared';
import { holderId, threadOf } from './claim.js';

/** Whether the thread lives that `holder` stands for. @param words those that all threads share, not a channel's */
export function isHolderAlive(words: Int32Array, holder: number): boolean {
  const number = threadOf(holder);
  // In one look: between two of them the number may become another thread's.
  const tag = Atomics.load(words, wordsOf(number) + TAG);
  return stateOf(tag) === IDLE && holderId(number, tag) === holder;
}
