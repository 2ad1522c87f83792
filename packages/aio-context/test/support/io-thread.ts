import { IOThread } from '@coaio/aio-context';
import { onTestFinished } from 'vitest';

/** The module whose exports the tests run in their threads. */
export const entries = new URL('../workers/entries.mjs', import.meta.url);

/** An IOThread that is joined when the test ends, if it is alive then. */
export async function startIOThread(name = 'io'): Promise<IOThread> {
  const thread = await IOThread.start({ name });
  onTestFinished(() => thread.join().catch(() => {}));
  return thread;
}
