import { type Co, coRun } from '@coaio/coroutine';
import { NbdClient, type NbdClientOptions, NbdNegotiation } from '@coaio/nbd-client';
import { QIOChannelPair } from '@coaio/qio-channel';
import { expect, test } from 'vitest';
import { bytes, reply, ScriptedServer } from './support/scripted-server.js';

const REFUSED: NbdClientOptions[] = [
  { connections: 0 },
  { export: 'disk' } as NbdClientOptions,
  { uri: 'nbd://server.test' },
  { exportName: 'a\0b' },
  { tls: { policy: 'require', psk: 'keys.psk', certificates: '/etc/pki' } },
];

async function refuseAll(channel: QIOChannelPair): Promise<void> {
  for (const options of REFUSED) {
    for (const use of [NbdClient.connect, NbdClient.list, NbdClient.info, NbdNegotiation.open]) {
      const target = { channel, ...options };
      await expect(use(target)).rejects.toMatchObject({ code: 'NBD_BAD_ARGUMENT' });
    }
  }
}

function serveOneRead(peer: QIOChannelPair): void {
  const server = new ScriptedServer(peer);
  void coRun(function* (): Co<void> {
    yield* server.handshake({}, true);
    const request = yield* server.request();
    yield* server.send(reply.data(request, 0, bytes(5)));
  });
}

test('its caller connects over it then', async () => {
  const [channel, peer] = QIOChannelPair.open();
  await refuseAll(channel);
  serveOneRead(peer);
  const client = await NbdClient.connect({ channel });
  expect(new Uint8Array(await client.read(0, 5))).toEqual(bytes(5));
});

test('a client that has it goes on', async () => {
  const [channel, peer] = QIOChannelPair.open();
  serveOneRead(peer);
  const client = await NbdClient.connect({ channel });
  await refuseAll(channel);
  await expect(NbdClient.connect({ channel })).rejects.toMatchObject({ code: 'NBD_CANNOT_RECONNECT' });
  expect(new Uint8Array(await client.read(0, 5))).toEqual(bytes(5));
});
