import { type ConnectionOptions, connect } from 'node:tls';
import { QIOChannelTls, QIONetListener, TlsCredentials, type TlsServerOptions } from '@coaio/qio-channel';
import { describe, expect, onTestFinished, test } from 'vitest';
import { authority, pick, serverCredentials } from './support/tls-pair.js';

const key = Buffer.alloc(32, 7);
const psk = {
  ciphers: 'TLS_AES_128_GCM_SHA256:DHE-PSK-AES128-GCM-SHA256',
  checkServerIdentity: () => undefined,
};

/** Sends each client it accepts one byte, and tells who it was. */
async function serve(options: TlsServerOptions) {
  const listener = await QIONetListener.open({ type: 'inet', host: '127.0.0.1', port: 0 });
  onTestFinished(() => listener.disconnect());
  const outcomes: Promise<QIOChannelTls>[] = [];
  listener.setClientFunc(async (channel) => {
    const serving = QIOChannelTls.promises.server(channel, options);
    outcomes.push(serving);
    const client = await serving.catch(() => null);
    await client?.promises.writevAll([Uint8Array.of(1)]);
    client?.close();
  });
  const { address } = listener;
  if (address.type !== 'inet') throw new Error('no port');
  return { port: address.port, outcomes };
}

/** One connection of a client that is not ours, until it is over. */
async function visit(port: number, options: ConnectionOptions) {
  let ticket: Buffer | undefined;
  let got = 0;
  const socket = connect({ host: '127.0.0.1', port, ...options });
  socket.on('session', (session) => {
    ticket = session;
  });
  socket.on('data', (bytes) => {
    got += bytes.length;
  });
  let reused = false;
  socket.on('secureConnect', () => {
    reused = socket.isSessionReused();
  });
  socket.on('error', () => {});
  await new Promise((resolve) => socket.once('close', resolve));
  return { ticket, got, reused };
}

describe.each(['TLSv1.2', 'TLSv1.3'] as const)('%s', (maxVersion) => {
  test('a client whose key was taken away does not get in with what it kept', async () => {
    const keys = new Map([['alice', key]]);
    const { port, outcomes } = await serve({ credentials: TlsCredentials.pskServer(keys) });
    const first = await visit(port, {
      ...psk,
      maxVersion,
      pskCallback: () => ({ identity: 'alice', psk: key }),
    });
    expect(first.got).toBe(1);
    expect((await outcomes[0])?.session.pskIdentity).toBe('alice');
    keys.delete('alice');
    const again = await visit(port, { ...psk, maxVersion, session: first.ticket });
    expect(again.got).toBe(0);
    await expect(outcomes[1]).rejects.toHaveProperty('code');
  });

  test('a client that would resume shows its certificate again', async () => {
    const { port, outcomes } = await serve({ credentials: serverCredentials, verifyPeer: true });
    const { certificate: cert, key: own } = pick(await authority.issue({ name: 'alice' }));
    const options = { maxVersion, ca: authority.certificate, cert, key: own, servername: 'server.test' };
    const first = await visit(port, options);
    const again = await visit(port, { ...options, session: first.ticket });
    expect(again).toMatchObject({ got: 1, reused: false });
    for (const outcome of outcomes) {
      expect((await outcome).session.peerCertificate).toMatchObject({ subject: 'CN=alice' });
    }
    expect(outcomes).toHaveLength(2);
  });
});
