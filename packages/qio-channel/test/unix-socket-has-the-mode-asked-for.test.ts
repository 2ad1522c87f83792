import { statSync } from 'node:fs';
import { QIOChannelSocket, QIONetListener, type SocketAddress } from '@coaio/qio-channel';
import { expect, test } from 'vitest';
import { inTemporaryFolder } from './support/socket-pair.js';

test.skipIf(process.platform === 'win32').each([0o600, 0o660, 0o777])('mode %i', async (mode) => {
  await inTemporaryFolder(async (folder) => {
    const address: SocketAddress = { type: 'unix', path: `${folder}/socket` };
    const listener = await QIONetListener.open(address, { mode });
    expect(statSync(address.path).mode & 0o777).toBe(mode);
    (await QIOChannelSocket.connect(address)).close();
    await listener.disconnect();
  });
});
