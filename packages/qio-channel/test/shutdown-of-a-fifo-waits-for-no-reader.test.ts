import { closeSync, constants, openSync } from 'node:fs';
import { coRun } from '@coaio/coroutine';
import { QIOChannelFile } from '@coaio/qio-channel';
import { expect, test } from 'vitest';
import { makeFifo } from './support/fifo.js';
import { inTemporaryFolder } from './support/socket-pair.js';

test('shutdown of both directions drops what nobody takes, and the descriptor is closed', async () => {
  await inTemporaryFolder(async (folder) => {
    const path = makeFifo(folder);
    const silent = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const writer = await QIOChannelFile.open(path, 'w');
    while (writer.tryWritev([Buffer.alloc(1 << 16)]) > 0);
    const writing = coRun(() => writer.writev([Buffer.alloc(10)])).catch((error: unknown) => error);
    writer.shutdown('both');
    writer.close();
    expect(await writing).toMatchObject({ code: 'QIO_CHANNEL_SHUT_DOWN' });
    await writer.closed;
    closeSync(silent);
  });
});
