import dns from 'node:dns';
import { syncBuiltinESMExports } from 'node:module';
import { type InetSocketAddress, QIOChannelSocket, QIONetListener } from '@coaio/qio-channel';
import { afterEach, expect, test, vi } from 'vitest';
import { loopback } from './support/socket-pair.js';

afterEach(() => {
  vi.restoreAllMocks();
  syncBuiltinESMExports();
});

/** What a name server says of any host from now on. Node looks it up as `dns.lookup`. */
function hostHas(...addresses: { address: string; family: number }[]): void {
  const lookup = (
    _host: string,
    options: dns.LookupOptions,
    callback: (...result: unknown[]) => void,
  ): void => {
    const found = addresses.filter(({ family }) => !options.family || options.family === family);
    process.nextTick(() => callback(null, found));
  };
  vi.spyOn(dns, 'lookup').mockImplementation(lookup as never);
  syncBuiltinESMExports();
}

test('the first address refuses, the second is taken, and bytes flow; unless a family is asked for', async () => {
  const listener = await QIONetListener.open(loopback);
  listener.setClientFunc(async (channel) => {
    await channel.promises.writevAll([Buffer.from('hello')]);
    channel.close();
  });
  const { port } = listener.address as InetSocketAddress;
  hostHas({ address: '::1', family: 6 }, { address: '127.0.0.1', family: 4 });
  const channel = await QIOChannelSocket.connect({ type: 'inet', host: 'two.invalid', port });
  expect(channel.remoteAddress).toEqual({ type: 'inet', host: '127.0.0.1', port });
  const into = new Uint8Array(5);
  await channel.promises.readvAll([into]);
  expect(Buffer.from(into).toString()).toBe('hello');
  channel.close();

  const sixOnly = { type: 'inet', host: 'two.invalid', port, ipv6: true } as const;
  await expect(QIOChannelSocket.connect(sixOnly)).rejects.toMatchObject({
    errno: 'ECONNREFUSED',
    message: expect.stringContaining(`::1:${port}`),
  });
  await listener.disconnect();
});

test('where no address answers, the error names each and has the errno', async () => {
  const listener = await QIONetListener.open(loopback);
  const { port } = listener.address as InetSocketAddress;
  await listener.disconnect();
  hostHas({ address: '::1', family: 6 }, { address: '127.0.0.1', family: 4 });
  await expect(QIOChannelSocket.connect({ type: 'inet', host: 'two.invalid', port })).rejects.toMatchObject({
    code: 'QIO_CHANNEL_CONNECT',
    errno: 'ECONNREFUSED',
    message: `connect to two.invalid:${port}: connect ECONNREFUSED ::1:${port}, connect ECONNREFUSED 127.0.0.1:${port}`,
  });
});
