import { Socket } from 'node:net';
import { NbdClient, type NbdClientOptions } from '@coaio/nbd-client';
import { type InetSocketAddress, QIONetListener } from '@coaio/qio-channel';
import { afterEach, expect, test, vi } from 'vitest';
import { negotiateAsServer } from './support/negotiating-server.js';

afterEach(() => vi.restoreAllMocks());

/** What a client that connects asks of its socket. */
async function asked(target: (address: InetSocketAddress) => NbdClientOptions) {
  const listener = await QIONetListener.open({ type: 'inet', host: '127.0.0.1', port: 0 });
  const serving = new Promise((resolve) => {
    listener.setClientFunc((channel) => {
      negotiateAsServer(channel).then(({ channel: open }) => {
        open.close();
        resolve(undefined);
      });
    });
  });
  const keepAlive = vi.spyOn(Socket.prototype, 'setKeepAlive');
  const client = await NbdClient.connect(target(listener.address as InetSocketAddress));
  const calls = keepAlive.mock.calls.map((call) => [...call]);
  await serving;
  await client.close();
  await listener.disconnect();
  return calls;
}

const uriOf = ({ port }: InetSocketAddress) => `nbd://127.0.0.1:${port}`;

test.each<[string, (address: InetSocketAddress) => NbdClientOptions, unknown[][]]>([
  ['a URI', (address) => ({ uri: uriOf(address) }), [[true, 10_000]]],
  ['an address', (address) => ({ address }), [[true, 10_000]]],
  [
    'an address with a time',
    (address) => ({ address: { ...address, keepAlive: true, keepAliveIdleSeconds: 60 } }),
    [[true, 60_000]],
  ],
  ['an address that says no', (address) => ({ address: { ...address, keepAlive: false } }), []],
  ['an option that says no', (address) => ({ uri: uriOf(address), keepAlive: false }), []],
])('%s', async (_title, target, calls) => {
  expect(await asked(target)).toEqual(calls);
});
