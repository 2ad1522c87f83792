import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NBD_CMD_FLAG_FUA, NBD_EIO } from '@coaio/nbd-protocol';
import { expect, onTestFinished, test } from 'vitest';
import { FileExport } from '../src/index.js';
import { temporaryFolder } from './support/disk-files.js';
import { flush, pattern, RawClient, read, sameBytes, write } from './support/raw-client.js';
import { serverOf } from './support/servers.js';

async function fileOf(bytes: Uint8Array): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'nbd-server-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'disk.img');
  await writeFile(path, bytes);
  return path;
}

test('what is read and written, with FUA and flush', async () => {
  const size = 1_000_000;
  const path = await fileOf(pattern(size));
  const { server } = serverOf(await FileExport.open(path));
  const client = await RawClient.open(server);
  expect(client.info).toMatchObject({ size: BigInt(size), readOnly: false });
  await client.send(read(1, 0, 10), read(2, 1, size - 1));
  const replies = (await client.replies(2)).toSorted((a, b) => a.cookie - b.cookie);
  expect(replies[0]?.data).toEqual(pattern(10));
  expect(sameBytes(replies[1]?.data ?? pattern(0), pattern(size).subarray(1))).toBe(true);

  await client.send(write(3, 5, pattern(300_000, 9)), write(4, size - 3, pattern(3, 8), NBD_CMD_FLAG_FUA));
  expect((await client.replies(2)).map(({ error }) => error)).toEqual([0, 0]);
  await client.send(flush(5));
  expect(await client.reply()).toMatchObject({ cookie: 5, error: 0 });
  const expected = pattern(size);
  expected.set(pattern(300_000, 9), 5);
  expected.set(pattern(3, 8), size - 3);
  expect(sameBytes(await readFile(path), expected)).toBe(true);
  await client.disconnect();
  await server.close();
});

test('a file that has shrunk is EIO beyond its end, as structured and as simple reply', async () => {
  const path = await fileOf(pattern(10_000));
  const { server } = serverOf(await FileExport.open(path));
  await truncate(path, 5000);
  const client = await RawClient.open(server);
  await client.send(read(1, 4990, 20), read(2, 6000, 10), read(3, 0, 5000));
  const replies = (await client.replies(3)).toSorted((a, b) => a.cookie - b.cookie);
  expect(replies.map(({ error }) => error)).toEqual([NBD_EIO, NBD_EIO, 0]);
  expect(replies[0]?.message).toMatch(/ends at byte 5000, it had 10000 bytes/);
  await client.disconnect();
});

test('read-only is how it was opened', async () => {
  const path = await fileOf(pattern(100));
  const client = await RawClient.open(serverOf(await FileExport.open(path, { readOnly: true })).server);
  expect(client.info?.readOnly).toBe(true);
  await client.disconnect();
});

test.skipIf(process.platform === 'win32')('nobody waits for the writer of a FIFO', async () => {
  const path = join(temporaryFolder(), 'fifo');
  execFileSync('mkfifo', [path]);
  for (const readOnly of [false, true]) {
    await expect(FileExport.open(path, { readOnly })).rejects.toMatchObject({ code: 'NBD_BAD_EXPORT' });
  }
});

test('what is no disk is refused', async () => {
  await expect(FileExport.open(tmpdir(), { readOnly: true })).rejects.toMatchObject({
    code: 'NBD_BAD_EXPORT',
  });
  await expect(FileExport.open('/dev/null')).rejects.toMatchObject({ code: 'NBD_BAD_EXPORT' });
  await expect(FileExport.open(join(tmpdir(), 'no/such/file'))).rejects.toMatchObject({ code: 'ENOENT' });
});
