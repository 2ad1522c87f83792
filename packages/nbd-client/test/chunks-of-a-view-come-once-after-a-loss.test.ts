import { coRun } from '@coaio/coroutine';
import { NbdClient } from '@coaio/nbd-client';
import { QIOChannelPair } from '@coaio/qio-channel';
import { expect, test } from 'vitest';
import { bytes, reply, ScriptedServer } from './support/scripted-server.js';
import { threadWithView, user } from './support/view-thread.js';

test('a reply that is cut off is asked for again, and nothing of it is given out', async () => {
  let connections = 0;
  const channel = (): QIOChannelPair => {
    const [mine, its] = QIOChannelPair.open();
    const server = new ScriptedServer(its);
    const isFirst = connections++ === 0;
    coRun(function* () {
      yield* server.handshake({}, true);
      const request = yield* server.request();
      if (isFirst) {
        yield* server.send(reply.data(request, 0, bytes(10, 99), false), reply.hole(request, 10, 5, false));
        its.close();
      } else {
        yield* server.send(reply.hole(request, 12, 8, false), reply.data(request, 0, bytes(12)));
      }
    }).catch(() => {});
    return mine;
  };
  const client = await NbdClient.connect({ channel, reconnectDelayMs: 10_000 });
  const thread = await threadWithView(client);
  expect(await thread.run(user, 'readsChunks', 0, 20)).toEqual([
    { type: 'hole', offset: 12, length: 8 },
    { type: 'data', offset: 0, data: bytes(12) },
  ]);
  expect(connections).toBe(2);
});
