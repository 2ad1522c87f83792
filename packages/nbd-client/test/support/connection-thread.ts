import { IOThread } from '@coaio/aio-context';
import type { NbdClientConnectionHandle } from '@coaio/nbd-client';
import { onTestFinished } from 'vitest';
import { stateOf, waitCoOf } from '../../src/establish/connect-word.js';
import { CONNECT_WORD } from '../../src/establish/layout.js';

/** The module that its runs are in. */
export const user = new URL('../workers/connection-user.mjs', import.meta.url);

export async function startThread(name: string): Promise<IOThread> {
  const thread = await IOThread.start({ name });
  onTestFinished(() => thread.terminate());
  return thread;
}

/** A thread with a view of the connection. */
export async function threadWithConnection(
  handle: NbdClientConnectionHandle,
  name = 'io',
): Promise<IOThread> {
  const thread = await startThread(name);
  await thread.run(user, 'attach', handle);
  return thread;
}

export function wordsOfConnection(handle: NbdClientConnectionHandle): Int32Array {
  return new Int32Array(handle.memory);
}

const LIMIT_MS = 20_000;

/** Lets this thread go on until the connection is in that state, and somebody waits for it or nobody. */
export async function untilIts(
  handle: NbdClientConnectionHandle,
  state: number,
  waits: boolean,
): Promise<void> {
  const words = wordsOfConnection(handle);
  const until = performance.now() + LIMIT_MS;
  for (;;) {
    const word = Atomics.load(words, CONNECT_WORD);
    if (stateOf(word) === state && (waitCoOf(word) !== 0) === waits) return;
    if (performance.now() > until)
      throw new Error(`the connection is still in state ${stateOf(word)}, waited for by ${waitCoOf(word)}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
