import { QIOChannelSocket, QIONetListener, type SocketAddress } from '@coaio/qio-channel';
import { expect, test } from 'vitest';
import { inTemporaryFolder, loopback, socketPair } from './support/socket-pair.js';

test('TCP: what one end has as its own is the other end of its peer, after closing too', async () => {
  const [connected, accepted] = await socketPair(loopback);
  const client = connected.localAddress;
  const server = connected.remoteAddress;
  expect(client).toEqual({ type: 'inet', host: '127.0.0.1', port: expect.any(Number) });
  expect(server).toEqual({ type: 'inet', host: '127.0.0.1', port: expect.any(Number) });
  expect(client).not.toEqual(server);
  connected.close();
  accepted.close();
  expect([connected.localAddress, connected.remoteAddress]).toEqual([client, server]);
  expect([accepted.localAddress, accepted.remoteAddress]).toEqual([server, client]);
});

test('TCP: the address that a name was resolved to', async () => {
  const listener = await QIONetListener.open(loopback);
  const { port } = listener.address as { port: number };
  const channel = await QIOChannelSocket.connect({ type: 'inet', host: 'localhost', port, ipv4: true });
  expect(channel.remoteAddress).toEqual({ type: 'inet', host: '127.0.0.1', port });
  channel.close();
  await listener.disconnect();
});

test('Unix: the path, and none for the client', async () => {
  await inTemporaryFolder(async (folder) => {
    const address: SocketAddress = { type: 'unix', path: `${folder}/socket` };
    const [connected, accepted] = await socketPair(address);
    const unnamed = { type: 'unix', path: '' };
    expect([connected.localAddress, connected.remoteAddress]).toEqual([unnamed, address]);
    expect([accepted.localAddress, accepted.remoteAddress]).toEqual([address, unnamed]);
    connected.close();
    accepted.close();
  });
});
