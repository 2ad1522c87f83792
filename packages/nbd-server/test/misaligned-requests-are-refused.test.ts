import { NBD_EINVAL } from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { MemoryExport } from '../src/index.js';
import { pattern, RawClient, read, write } from './support/raw-client.js';
import { serverOf } from './support/servers.js';

test('where the backend has a minimum block size', async () => {
  const disk = Object.assign(new MemoryExport(8192), {
    blockSize: { minimum: 512, preferred: 4096, maximum: 65_536 },
  });
  const client = await RawClient.open(serverOf(disk).server);
  expect(client.info?.blockSize).toEqual({
    minimum: 512,
    preferred: 4096,
    maximum: 65_536,
    advertised: true,
  });
  await client.send(
    read(1, 511, 512),
    read(2, 512, 511),
    write(3, 1, pattern(512)),
    write(4, 512, pattern(513)),
  );
  expect((await client.replies(4)).map(({ error }) => error)).toEqual(Array(4).fill(NBD_EINVAL));
  await client.send(read(5, 7680, 512), write(6, 512, pattern(512)));
  expect((await client.replies(2)).map(({ error }) => error)).toEqual([0, 0]);
  expect(disk.bytes.subarray(0, 512)).toEqual(new Uint8Array(512));
  await client.disconnect();
});
