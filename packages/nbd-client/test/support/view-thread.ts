import { IOThread } from '@coaio/aio-context';
import type { NbdClient } from '@coaio/nbd-client';
import { onTestFinished } from 'vitest';

/** The module that its runs are in. */
export const user = new URL('../workers/client-user.mjs', import.meta.url);

export async function startThread(name = 'io'): Promise<IOThread> {
  const thread = await IOThread.start({ name });
  onTestFinished(() => thread.terminate());
  return thread;
}

/** A thread with a view of the client. */
export async function threadWithView(client: NbdClient, name?: string): Promise<IOThread> {
  const thread = await startThread(name);
  await thread.run(user, 'attach', client.handle);
  return thread;
}
