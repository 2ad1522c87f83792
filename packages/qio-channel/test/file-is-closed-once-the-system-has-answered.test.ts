import { closeSync, fstatSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { coRun } from '@coaio/coroutine';
import { QIOChannelFile } from '@coaio/qio-channel';
import { expect, test } from 'vitest';
import { occupyThreadPool } from './support/occupied-thread-pool.js';
import { inTemporaryFolder } from './support/socket-pair.js';

test('a close leaves the descriptor open for the calls that are under way, and refuses new ones', async () => {
  await inTemporaryFolder(async (folder) => {
    const path = join(folder, 'file');
    writeFileSync(path, 'hello');
    const fd = openSync(path, 'r+');
    const channel = QIOChannelFile.fromDescriptor(fd);
    const release = occupyThreadPool(folder);
    const [first, second] = [Buffer.alloc(5), Buffer.alloc(2)];
    const reading = coRun(() => channel.readv([first]));
    const elsewhere = coRun(() => channel.preadv([second], 3));
    const inLine = coRun(() => channel.writev([Buffer.from('x')]));
    channel.close();
    await expect(inLine).rejects.toMatchObject({ code: 'QIO_CHANNEL_SHUT_DOWN' });
    await expect(coRun(() => channel.preadv([second], 0))).rejects.toMatchObject({
      code: 'QIO_CHANNEL_SHUT_DOWN',
    });
    await new Promise(setImmediate);
    expect(fstatSync(fd).isFile()).toBe(true);
    await release();
    expect(await reading).toBe(5);
    expect(await elsewhere).toBe(2);
    expect(`${first} ${second}`).toBe('hello lo');
    await channel.closed;
    expect(() => fstatSync(fd)).toThrow('EBADF');
  });
});

test('a lent descriptor is given back then, not before', async () => {
  await inTemporaryFolder(async (folder) => {
    const fd = openSync(import.meta.filename, 'r');
    const channel = QIOChannelFile.fromDescriptor(fd, { autoClose: false });
    const release = occupyThreadPool(folder);
    const order: string[] = [];
    const reading = coRun(() => channel.readv([Buffer.alloc(1)])).then(() => order.push('read'));
    channel.close();
    const closed = channel.closed.then(() => order.push('closed'));
    await new Promise(setImmediate);
    await release();
    await Promise.all([reading, closed]);
    expect(order).toEqual(['read', 'closed']);
    closeSync(fd);
  });
});

test('that closing failed is told', async () => {
  const fd = openSync(import.meta.filename, 'r');
  const channel = QIOChannelFile.fromDescriptor(fd, { name: 'mine' });
  closeSync(fd);
  channel.close();
  await expect(channel.closed).rejects.toMatchObject({
    code: 'QIO_CHANNEL_IO',
    errno: 'EBADF',
    message: expect.stringContaining('mine: close'),
  });
});
