import { coAwait, coRun } from '@coaio/coroutine';
import { NbdClient } from '@coaio/nbd-client';
import { NBD_CMD_DISC, NBD_ESHUTDOWN } from '@coaio/nbd-protocol';
import { QIOChannelPair } from '@coaio/qio-channel';
import { expect, test } from 'vitest';
import { settle } from './support/drive.js';
import { reply, ScriptedServer } from './support/scripted-server.js';

test('the server shuts down, a new one is there, then the old one answers a write: the flush tells', async () => {
  let answerWrite = (): void => {};
  let end = (): void => {};
  const late = new Promise<void>((resolve) => {
    answerWrite = resolve;
  });
  const over = new Promise<void>((resolve) => {
    end = resolve;
  });
  let opened = 0;
  const open = (): QIOChannelPair => {
    const [channel, serverChannel] = QIOChannelPair.open();
    const server = new ScriptedServer(serverChannel);
    const isFirst = opened++ === 0;
    const serving = coRun(function* () {
      yield* server.handshake({}, true);
      if (isFirst) {
        // The first read keeps the connection from its end.
        const [slow, write, refused] = yield* server.requests(3);
        if (slow === undefined || write === undefined || refused === undefined) return;
        yield* server.send(reply.error(refused, NBD_ESHUTDOWN));
        yield* coAwait(late);
        yield* server.send(reply.none(write));
        yield* coAwait(over);
        yield* server.send(reply.hole(slow, 0, 16));
        return;
      }
      for (;;) {
        const request = yield* server.request();
        if (request.type === NBD_CMD_DISC) return;
        yield* server.send(reply.none(request));
      }
    });
    serving.catch(() => serverChannel.close());
    return channel;
  };
  const client = await NbdClient.connect({ channel: open, reconnectDelayMs: 10_000 });
  const reading = client.read(0, 16);
  const writing = client.write(0, new Uint8Array(512));
  await expect(client.read(512, 16)).rejects.toMatchObject({ errno: 'ESHUTDOWN' });
  await settle();
  expect(opened).toBe(2);
  answerWrite();
  await writing;
  await expect(client.flush()).rejects.toMatchObject({ code: 'NBD_NOT_FLUSHED', operation: 'flush' });
  // Told once, also when that connection ends.
  end();
  await reading;
  await settle();
  await client.flush();
  await client.close();
});
