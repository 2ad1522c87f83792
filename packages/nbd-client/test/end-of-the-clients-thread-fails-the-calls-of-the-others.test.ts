import { coRun } from '@coaio/coroutine';
import { isNbdError, NbdClient, type NbdClientHandle } from '@coaio/nbd-client';
import { QIOChannelPair } from '@coaio/qio-channel';
import { expect, test } from 'vitest';
import { ScriptedServer } from './support/scripted-server.js';
import { startThread, user } from './support/view-thread.js';

test('those under way, those that wait for a slot, and all later ones', async () => {
  const [channel, peer] = QIOChannelPair.open();
  const server = new ScriptedServer(peer);
  let arrived = () => {};
  const underWay = new Promise<void>((resolve) => (arrived = resolve));
  void coRun(function* () {
    yield* server.handshake({}, true);
    yield* server.requests(256);
    arrived();
  });
  const home = await startThread('home');
  const view = NbdClient.attach(await home.run<NbdClientHandle>(user, 'connects', channel.handle));
  const reading = Array.from({ length: 300 }, (_, at) => view.read(at, 10).catch((error: unknown) => error));
  await underWay;
  await home.terminate();
  for (const error of await Promise.all(reading)) {
    expect(isNbdError(error)).toBe(true);
    expect(error).toMatchObject({ code: 'NBD_THREAD_GONE', fault: 'connection' });
  }
  await expect(view.write(5, new Uint8Array(3))).rejects.toMatchObject({
    code: 'NBD_THREAD_GONE',
    message: 'write of 3 bytes at 5: the thread that has the client has ended',
  });
  await view.close();
});
