import { type Co, coRun } from '@coaio/coroutine';
import { NbdClient, type ReadChunk } from '@coaio/nbd-client';
import { NBD_EIO } from '@coaio/nbd-protocol';
import { QIOChannelPair } from '@coaio/qio-channel';
import { expect, test } from 'vitest';
import { CountingClock } from './support/drive.js';
import { bytes, type ReceivedRequest, reply, ScriptedServer } from './support/scripted-server.js';

const LENGTH = 1024;

/** The first connection says `cutOff` to a request, and ends in the middle of its reply. The others say `whole`. */
async function chunksOver(
  reconnects: boolean,
  cutOff: (to: ReceivedRequest) => Uint8Array[],
  whole: (to: ReceivedRequest) => Uint8Array[],
) {
  let connections = 0;
  function* script(server: ScriptedServer, isFirst: boolean): Co<void> {
    yield* server.handshake({}, true);
    for (;;) {
      const request = yield* server.request();
      yield* server.send(...(isFirst ? cutOff(request) : whole(request)));
      if (isFirst) return server.channel.close();
    }
  }
  const client = await NbdClient.connect({
    channel: () => {
      const [ours, theirs] = QIOChannelPair.open();
      const isFirst = connections++ === 0;
      coRun(() => script(new ScriptedServer(theirs), isFirst)).catch(() => theirs.close());
      return ours;
    },
    clock: new CountingClock(),
    ...(reconnects ? { reconnectDelayMs: 1000 } : {}),
  });
  const chunks: ReadChunk[] = [];
  let code: unknown;
  try {
    for await (const chunk of client.readChunks(0, LENGTH)) chunks.push(chunk);
  } catch (error) {
    ({ code } = error as { code: unknown });
  }
  return { chunks, code };
}

const said = (text: string, done: boolean) => (to: ReceivedRequest) => [reply.error(to, NBD_EIO, text, done)];

test.each([false, true])('chunks that are out cannot be taken back; reconnect: %s', async (reconnects) => {
  const { chunks, code } = await chunksOver(
    reconnects,
    (to) => [reply.data(to, 0, bytes(512), false), reply.errorAt(to, NBD_EIO, 512, false)],
    said('not asked', true),
  );
  expect(code).toBe('NBD_CONNECTION_LOST');
  expect(chunks.map(({ type }) => type)).toEqual(['data', 'error']);
});

test('an error that says nothing of where: what was not answered is not unread', async () => {
  expect(await chunksOver(false, said('somewhere', false), said('not asked', true))).toEqual({
    chunks: [],
    code: 'NBD_CONNECTION_LOST',
  });
});

test('it is asked again on the next connection, which alone is told of', async () => {
  const good = await chunksOver(true, said('first', false), (to) => [reply.data(to, 0, bytes(LENGTH))]);
  expect(good).toMatchObject({ code: undefined, chunks: [{ type: 'data', offset: 0 }] });
  const bad = await chunksOver(true, said('first', false), (to) => [reply.errorAt(to, NBD_EIO, 8)]);
  expect(bad.chunks).toMatchObject([{ type: 'error', offset: 8 }, { type: 'unread' }]);
  expect(bad.chunks).toHaveLength(2);
});
