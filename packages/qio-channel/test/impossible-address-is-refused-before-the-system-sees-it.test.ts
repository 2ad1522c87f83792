import { QIOChannelSocket, QIONetListener, type SocketAddress } from '@coaio/qio-channel';
import { expect, test } from 'vitest';

const impossible: [SocketAddress, string][] = [
  [{ type: 'unix', path: '' }, 'is 0 bytes long'],
  [{ type: 'unix', path: `/${'x'.repeat(107)}` }, 'is 108 bytes long, allowed are 1 to 107'],
  [{ type: 'inet', host: 'localhost', port: 65536 }, 'port 65536 is not in 0 to 65535'],
  [{ type: 'inet', host: 'localhost', port: 1.5 }, 'port 1.5'],
];

test.each(impossible)('%o', async (address, message) => {
  const refusal = { code: 'QIO_CHANNEL_ADDRESS', message: expect.stringContaining(message) };
  await expect(QIOChannelSocket.connect(address)).rejects.toMatchObject(refusal);
  await expect(QIONetListener.open(address)).rejects.toMatchObject(refusal);
});
