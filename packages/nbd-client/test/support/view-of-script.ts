import type { IOThread } from '@coaio/aio-context';
import { type Co, coRun } from '@coaio/coroutine';
import { type AttachedNbdClient, NbdClient, type NbdClientHandle } from '@coaio/nbd-client';
import { QIOChannelPair } from '@coaio/qio-channel';
import { ScriptedServer, type ScriptOptions } from './scripted-server.js';
import { startThread, user } from './view-thread.js';

export interface ViewOfScript<T> {
  readonly view: AttachedNbdClient;
  /** The client's thread. */
  readonly home: IOThread;
  readonly ended: Promise<T>;
}

/** A view of a client that lives in another thread, connected to a server here. */
export async function viewOfScript<T>(
  script: (server: ScriptedServer) => Co<T>,
  { facts = {}, structuredReplies = true, offers, client }: Omit<ScriptOptions, 'pair'> = {},
): Promise<ViewOfScript<T>> {
  const [channel, serverChannel] = QIOChannelPair.open();
  const server = new ScriptedServer(serverChannel);
  const ended = coRun(function* () {
    yield* server.handshake(facts, structuredReplies, offers);
    return yield* script(server);
  });
  // A script that fails must not leave the client waiting for it.
  ended.catch(() => serverChannel.close());
  const home = await startThread('home');
  const handle = await home.run<NbdClientHandle>(user, 'connects', channel.handle, client);
  return { view: NbdClient.attach(handle), home, ended };
}
