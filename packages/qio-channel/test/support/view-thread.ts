import { IOThread } from '@coaio/aio-context';
import type { QIOChannel } from '@coaio/qio-channel';
import { onTestFinished } from 'vitest';

/** The module that its runs are in. */
export const user = new URL('../workers/channel-user.mjs', import.meta.url);

/** A thread with a view of the channel. */
export async function threadWithView(channel: QIOChannel, name = 'io'): Promise<IOThread> {
  const thread = await IOThread.start({ name });
  onTestFinished(() => thread.terminate());
  await thread.run(user, 'attach', channel.handle);
  return thread;
}
