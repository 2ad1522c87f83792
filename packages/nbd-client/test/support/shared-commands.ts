import { AioContext, getCurrentAioContext, IOThread } from '@coaio/aio-context';
import type { Co } from '@coaio/coroutine';
import { exportInfoFromFlags } from '@coaio/nbd-protocol';
import { onTestFinished } from 'vitest';
import { ClientShare } from '../../src/any-thread/client-share.js';
import type { ClientCommands } from '../../src/commands/client-commands.js';
import type { NbdCapabilities } from '../../src/nbd-capabilities.js';
import type { ChunkSource } from '../../src/sequences/chunk-source.js';
import { user } from './view-thread.js';

/** One call of a command: its name, then its arguments. */
export type Called = readonly [name: keyof ClientCommands, ...args: unknown[]];

/** A client's commands that do what a test says, shared from this thread; and a thread with a view of them. */
export async function shareCommands(perform: (...called: Called) => Co<unknown>): Promise<IOThread> {
  const info = exportInfoFromFlags({ name: '', size: 1n << 63n, flags: 0 });
  const co = new Proxy({} as ClientCommands, {
    get: (_, name: keyof ClientCommands) =>
      name === 'info' ? info : (...args: unknown[]) => perform(name, ...args),
  });
  const chunks: ChunkSource = {
    info,
    readInChunks: () => {
      throw new Error('these are the commands alone');
    },
  };
  const capabilities = {} as NbdCapabilities;
  const facts = () => ({ info, capabilities, metaContexts: [], strict: undefined, readModifyWrite: false });
  const context = getCurrentAioContext() ?? new AioContext();
  const share = new ClientShare({ co, chunks, context, facts });
  onTestFinished(() => share.close());
  const thread = await IOThread.start({ name: 'io' });
  onTestFinished(() => thread.terminate());
  await thread.run(user, 'attach', share.handle);
  return thread;
}
