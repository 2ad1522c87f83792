import { statSync, truncateSync } from 'node:fs';
import { VirtualClock } from '@coaio/aio-context';
import { NBD_CMD_WRITE_ZEROES, NBD_ENOSPC } from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { FileExport, injectDelays, MemoryExport } from '../src/index.js';
import { extentsOf, writeTo, zeroIn } from './support/backend-calls.js';
import { diskFile } from './support/disk-files.js';
import { GatedDisk } from './support/gated-disk.js';
import { pattern, RawClient, request, write } from './support/raw-client.js';
import { serverOf } from './support/servers.js';
import { settle } from './support/settle.js';

const BEYOND = expect.objectContaining({ code: 'ENOSPC' });
const MIB = 2 ** 20;

test('a file that is shorter by now, and whose server has not been told', async () => {
  const path = diskFile(4 * MIB);
  const disk = await FileExport.open(path);
  const { server } = serverOf(disk);
  const client = await RawClient.open(server);
  truncateSync(path, 4096);
  await disk.resize();
  await client.send(
    write(1, 4000, pattern(97)),
    request(NBD_CMD_WRITE_ZEROES, 2, 0, 2 * MIB),
    request(NBD_CMD_WRITE_ZEROES, 3, 4096, 10),
    write(4, 4000, pattern(96)),
  );
  const replies = (await client.replies(4)).toSorted((a, b) => a.cookie - b.cookie);
  expect(replies.map(({ error }) => error)).toEqual([NBD_ENOSPC, NBD_ENOSPC, NBD_ENOSPC, 0]);
  expect(replies[0]?.message).toMatch(/97 bytes at 4000 exceed the 4096 bytes/);
  expect(statSync(path).size).toBe(4096);
  await client.disconnect();
});

test('memory', async () => {
  const disk = new MemoryExport(4 * MIB);
  disk.resize(100);
  await expect(writeTo(disk, 99, pattern(2))).rejects.toEqual(BEYOND);
  expect(() => disk.landing(MIB, 10)).toThrow(BEYOND);
  await zeroIn(disk, 0, 2 * MIB, false);
  disk.resize(4 * MIB);
  expect(await extentsOf(disk, 0, 4 * MIB)).toEqual([[4 * MIB, 3]]);
});

test('what was delayed', async () => {
  const clock = new VirtualClock();
  const disk = new GatedDisk(1000);
  const { server } = serverOf(injectDelays(disk, [{ delayMs: 50 }], { clock }));
  const client = await RawClient.open(server);
  await client.send(write(1, 500, pattern(10)), write(2, 0, pattern(10)));
  await settle();
  disk.size = 505;
  server.resizeExport('');
  clock.advance(50e6);
  expect(await client.reply()).toMatchObject({ cookie: 1, error: NBD_ENOSPC });
  await disk.called(1);
  expect(disk.calls).toMatchObject([{ offset: 0 }]);
  disk.calls[0]?.succeed();
  expect(await client.reply()).toMatchObject({ cookie: 2, error: 0 });
  await client.disconnect();
});
