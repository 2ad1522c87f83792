import { closeSync, constants, openSync, readFileSync, readSync, writeFileSync, writeSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { coRun } from '@coaio/coroutine';
import { QIOChannelFile } from '@coaio/qio-channel';
import { expect, test } from 'vitest';
import { makeFifo } from './support/fifo.js';
import { inTemporaryFolder } from './support/socket-pair.js';

test('a file: it goes on from where the descriptor is, and leaves that alone', async () => {
  await inTemporaryFolder(async (folder) => {
    const path = join(folder, 'file');
    writeFileSync(path, 'abcdef');
    const fd = openSync(path, 'r');
    readSync(fd, Buffer.alloc(2));
    const target = Buffer.alloc(3);
    const channel = QIOChannelFile.fromDescriptor(fd, { autoClose: false });
    await coRun(() => channel.readvAll([target]));
    expect(target.toString()).toBe('cde');
    const elsewhere = QIOChannelFile.fromDescriptor(fd, { autoClose: false, position: 0 });
    await coRun(() => elsewhere.readvAll([target]));
    expect(target.toString()).toBe('abc');
    for (const each of [channel, elsewhere]) {
      each.close();
      await each.closed;
    }
    expect(readSync(fd, target)).toBe(3);
    expect(target.toString()).toBe('cde');
    closeSync(fd);
  });
});

test('a pipe: it stays blocking too', async () => {
  await inTemporaryFolder(async (folder) => {
    const fd = openSync(makeFifo(folder), 'r+');
    const channel = QIOChannelFile.fromDescriptor(fd, { autoClose: false });
    await coRun(() => channel.writevAll([Buffer.from('ab')]));
    channel.close();
    await channel.closed;
    const target = Buffer.alloc(2);
    expect(readSync(fd, target)).toBe(2);
    expect(target.toString()).toBe('ab');
    const flags = /^flags:\s*(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1'))?.[1] ?? '';
    expect(Number.parseInt(flags, 8) & constants.O_NONBLOCK).toBe(0);
    writeSync(fd, 'still open');
    closeSync(fd);
  });
});

test('a socket cannot be lent', async () => {
  await inTemporaryFolder(async (folder) => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(join(folder, 'socket'), resolve));
    const { fd } = (server as unknown as { _handle: { fd: number } })._handle;
    expect(() => QIOChannelFile.fromDescriptor(fd, { autoClose: false })).toThrow(
      expect.objectContaining({
        code: 'QIO_CHANNEL_UNSUPPORTED',
        message: expect.stringContaining('autoClose'),
      }),
    );
    await new Promise((resolve) => server.close(resolve));
  });
});
