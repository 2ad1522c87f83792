import { coRun } from '@coaio/coroutine';
import { NbdClient } from '@coaio/nbd-client';
import {
  NBD_OPT_GO,
  NBD_OPT_STRUCTURED_REPLY,
  NBD_REP_ERR_POLICY,
  NBD_REP_ERR_SHUTDOWN,
} from '@coaio/nbd-protocol';
import { QIOChannelPair } from '@coaio/qio-channel';
import { expect, test } from 'vitest';

const GREETING = Buffer.from('4e42444d41474943' + '49484156454f5054' + '0003', 'hex');

function answer(option: number, reply: number): Buffer {
  const bytes = Buffer.from('0003e889045565a9'.padEnd(40, '0'), 'hex');
  bytes.writeUInt32BE(option, 8);
  bytes.writeUInt32BE(reply, 12);
  return bytes;
}

const go = { extendedHeaders: false, structuredReplies: false };

test.each([
  ['refused', NBD_REP_ERR_POLICY, 'NBD_POLICY'],
  ['shutting down', NBD_REP_ERR_SHUTDOWN, 'NBD_SHUTDOWN'],
])('%s', async (_title, reply, code) => {
  const [channel, server] = QIOChannelPair.open();
  const serving = coRun(function* () {
    yield* server.writevAll([GREETING]);
    // Its flags, and NBD_OPT_GO with three kinds of information.
    yield* server.readvAll([new Uint8Array(4 + 16 + 12)]);
    yield* server.writevAll([answer(NBD_OPT_GO, reply)]);
    server.close();
  });
  await expect(NbdClient.connect({ channel, ...go })).rejects.toMatchObject({ code });
  await serving;
});

test('a server that shuts down while it is asked about its exports says so', async () => {
  const [channel, server] = QIOChannelPair.open();
  const serving = coRun(function* () {
    yield* server.writevAll([GREETING]);
    yield* server.readvAll([new Uint8Array(4 + 16)]);
    yield* server.writevAll([answer(NBD_OPT_STRUCTURED_REPLY, NBD_REP_ERR_SHUTDOWN)]);
    server.close();
  });
  const asked = NbdClient.list({ channel, extendedHeaders: false }, { describe: true });
  await expect(asked).rejects.toMatchObject({ code: 'NBD_SHUTDOWN', operation: 'NBD_OPT_STRUCTURED_REPLY' });
  await serving;
});
