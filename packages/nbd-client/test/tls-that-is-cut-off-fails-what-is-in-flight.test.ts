import { coRun } from '@coaio/coroutine';
import { NbdClient } from '@coaio/nbd-client';
import { QIOChannelPair } from '@coaio/qio-channel';
import { expect, test } from 'vitest';
import { clientCredentials, negotiateAsServer } from './support/negotiating-server.js';

/** A reply to a read of 4 bytes: its header, without its data. */
const cutReply = Buffer.from('67446698000000000000000100000000', 'hex');

test.each<[string, Buffer]>([
  ['between replies', Buffer.alloc(0)],
  ['in the middle of a reply', cutReply],
])('the connection below ends %s, without close_notify', async (_title, sent) => {
  const [channel, peer] = QIOChannelPair.open();
  const serving = negotiateAsServer(peer, { tls: 'require', structuredReplies: false });
  const client = await NbdClient.connect({
    channel,
    tls: { credentials: clientCredentials, hostname: 'server.test' },
    structuredReplies: false,
    extendedHeaders: false,
  });
  const { channel: inside } = await serving;
  const read = client.read(0, 4);
  await coRun(function* () {
    yield* inside.readv([new Uint8Array(1000)]);
    if (sent.length > 0) yield* inside.writevAll([sent]);
  });
  // What an attacker on the way can do: the encrypted end is missing.
  peer.close();
  await expect(read).rejects.toMatchObject({
    code: 'NBD_CONNECTION_LOST',
    operation: 'read of 4 bytes at 0',
    cause: { code: expect.stringMatching(/^(NBD_UNEXPECTED_EOF|QIO_CHANNEL_TLS_TRUNCATED)$/) },
  });
  await client.close();
});
