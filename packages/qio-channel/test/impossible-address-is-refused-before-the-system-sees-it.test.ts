import { QIOChannelSocket, QIONetListener, type SocketAddress } from '@coaio/qio-channel';
import { expect, test } from 'vitest';

const impossible: [SocketAddress, string][] = [
  [{ type: 'unix', path: '' }, 'is 0 bytes long'],
  [{ type: 'unix', path: `/${'x'.repeat(107)}` }, 'is 108 bytes long, allowed are 1 to 107'],
  [{ type: 'inet', host: 'localhost', port: 65536 }, 'port 65536 is not in 0 to 65535'],
  [{ type: 'inet', host: 'localhost', port: 1.5 }, 'port 1.5'],
  [{ type: 'unix', path: 'x\0y' }, 'has a zero byte'],
  [{ type: 'unix', path: 'x'.repeat(108), abstract: true }, 'is 108 bytes long'],
  [{ type: 'inet', host: '', port: 1 }, 'the host is ""'],
  [{ type: 'inet', host: 'local\0host', port: 1 }, 'not a name or an IP address'],
  [{ type: 'inet', host: 'localhost', port: 1, ipv4: false, ipv6: false }, 'ipv4 and ipv6 are both false'],
  [{ type: 'inet', host: '127.0.0.1', port: 1, ipv4: false }, '127.0.0.1 is an IPv4 address, and only IPv6'],
  [{ type: 'inet', host: '::1', port: 1, ipv4: true }, '::1 is an IPv6 address, and only IPv4'],
  [
    { type: 'inet', host: '::1', port: 1, keepAliveIdleSeconds: 5 },
    'keepAliveIdleSeconds is 5 without keepAlive',
  ],
  [
    { type: 'inet', host: '::1', port: 1, keepAlive: true, keepAliveIdleSeconds: 0 },
    'keepAliveIdleSeconds is 0, allowed are the integers from 1 to 32767',
  ],
  [
    { type: 'inet', host: '::1', port: 1, keepAlive: true, keepAliveCount: 3 },
    'need each other and the first',
  ],
  [{ type: 'vsock', cid: 2 } as never, 'the type of an address is "vsock", not "unix" or "inet"'],
  [{ host: 'localhost', port: 1 } as never, 'the type of an address is undefined'],
  [10809 as never, 'an address is an object with the type "unix" or "inet", not 10809'],
  [undefined as never, 'an address is an object'],
];

test.each(impossible)('%o', async (address, message) => {
  const refusal = { code: 'QIO_CHANNEL_ADDRESS', message: expect.stringContaining(message) };
  await expect(QIOChannelSocket.connect(address)).rejects.toMatchObject(refusal);
  await expect(QIONetListener.open(address)).rejects.toMatchObject(refusal);
});

test('port 0 is for listening', async () => {
  await expect(QIOChannelSocket.connect({ type: 'inet', host: '::1', port: 0 })).rejects.toMatchObject({
    code: 'QIO_CHANNEL_ADDRESS',
    message: 'port 0 of ::1 cannot be connected to',
  });
});
