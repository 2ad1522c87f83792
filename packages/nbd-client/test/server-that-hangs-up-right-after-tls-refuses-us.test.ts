import { coRun } from '@coaio/coroutine';
import { NbdClient, type NbdTlsOptions } from '@coaio/nbd-client';
import { NEED_MORE, ServerHandshake } from '@coaio/nbd-protocol';
import { type QIOChannel, QIOChannelPair, QIOChannelTls, TlsCredentials } from '@coaio/qio-channel';
import { expect, test } from 'vitest';
import { issued, serverCredentials } from './support/negotiating-server.js';

/** Goes into TLS, and cuts the connection: after the handshake, or in it. */
function hangsUp(channel: QIOChannel, after: boolean): Promise<void> {
  const directory = { list: () => [], find: () => undefined, metaContexts: () => [] };
  const handshake = new ServerHandshake({ directory, tls: 'require' });
  return coRun(function* () {
    const bytes = new Uint8Array(4096);
    for (let event = handshake.nextEvent(); event === NEED_MORE; event = handshake.nextEvent()) {
      yield* channel.writevAll([handshake.takeOutgoing()]);
      handshake.receive(bytes.subarray(0, yield* channel.readv([bytes])));
    }
    yield* channel.writevAll([handshake.takeOutgoing()]);
    if (after) yield* QIOChannelTls.server(channel, { credentials: serverCredentials });
    else yield* channel.readv([bytes]);
    channel.close();
  });
}

const key = Buffer.from('00112233445566778899aabbccddeeff', 'hex');
const credentials = TlsCredentials.x509(await issued({ dns: ['a client'] }));

test.each<[string, NbdTlsOptions, string, string]>([
  ['no certificate', {}, 'NBD_TLS_REFUSED', 'right after TLS: it may want a certificate, and there is none'],
  ['another certificate', { credentials }, 'NBD_TLS_REFUSED', 'it may not accept our certificate'],
  ['another key', { psk: { identity: 'alice', key } }, 'NBD_TLS_PSK', 'it may not know identity "alice"'],
])('of %s', async (_title, tls, code, why) => {
  let attempts = 0;
  const open = (): QIOChannel => {
    attempts++;
    const [channel, peer] = QIOChannelPair.open();
    hangsUp(peer, tls.psk === undefined).catch(() => {});
    return channel;
  };
  const connecting = NbdClient.connect({
    channel: open,
    waitForServer: true,
    tls: { verifyPeer: false, ...tls },
  });
  await expect(connecting).rejects.toMatchObject({
    name: 'NbdTlsError',
    code,
    fault: 'peer',
    message: expect.stringContaining(why),
  });
  expect(attempts).toBe(1);
});
