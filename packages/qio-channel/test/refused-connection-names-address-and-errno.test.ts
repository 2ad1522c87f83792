import { QIOChannelSocket } from '@coaio/qio-channel';
import { expect, test } from 'vitest';
import { inTemporaryFolder } from './support/socket-pair.js';

test('a refused connection names the address and the errno', async () => {
  await inTemporaryFolder(async (folder) => {
    const path = `${folder}/nobody`;
    await expect(QIOChannelSocket.connect({ type: 'unix', path })).rejects.toMatchObject({
      name: 'QIOChannelError',
      code: 'QIO_CHANNEL_CONNECT',
      errno: 'ENOENT',
      message: expect.stringContaining(`connect to ${path}`),
    });
  });
});
