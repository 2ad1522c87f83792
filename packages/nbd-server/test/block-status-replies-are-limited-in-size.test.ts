import { NBD_CMD_BLOCK_STATUS } from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import type { NbdExtent } from '../src/index.js';
import { FORMS } from './support/forms.js';
import { RawClient, request } from './support/raw-client.js';
import { serverOf } from './support/servers.js';

const KIB = 1024;

/** One status and another, block by block, as far as anybody asks. */
class Checkered implements Iterable<NbdExtent> {
  given = 0;

  *[Symbol.iterator](): Iterator<NbdExtent> {
    for (;;) yield { length: 512, status: this.given++ % 2 };
  }
}

const [, STRUCTURED, EXTENDED] = FORMS;

test.each([
  [STRUCTURED[0], STRUCTURED, 8],
  [EXTENDED[0], EXTENDED, 16],
] as const)(
  'to 256 KiB of descriptors for all contexts together, %s',
  async (_, [, options, form], descriptor) => {
    const first = new Checkered();
    const second = new Checkered();
    const metaContexts = new Map([['x-test:second', () => second]]);
    const disk = { size: 2 ** 40, read: () => {}, extents: () => first, metaContexts };
    const wanted = { ...options, metaContexts: ['base:allocation', 'x-test:second'] };
    const client = await RawClient.open(serverOf(disk).server, wanted);
    await client.send(form(NBD_CMD_BLOCK_STATUS, 1, 0, 2 ** 31));
    const limit = (128 * KIB) / descriptor;
    for (const checkered of [first, second]) {
      expect((await client.reply()).extents).toHaveLength(limit);
      expect(checkered.given).toBe(limit + 1);
    }
    await client.disconnect();
  },
);

test('to the maximum payload of the export', async () => {
  const blockSize = { minimum: 1, preferred: 512, maximum: 800 };
  const disk = { size: 2 ** 40, read: () => {}, extents: () => new Checkered(), blockSize };
  const client = await RawClient.open(serverOf(disk).server, { metaContexts: ['base:allocation'] });
  await client.send(request(NBD_CMD_BLOCK_STATUS, 1, 0, 2 ** 31));
  expect((await client.reply()).extents).toHaveLength(100);
  await client.disconnect();
});

test('an extent of 4 GiB and more is cut in two for a client without extended headers', async () => {
  const GIB = 2 ** 30;
  const extents = (): NbdExtent[] => [
    { length: 6 * GIB, status: 3 },
    { length: GIB, status: 0 },
  ];
  const { server } = serverOf({ size: 2 ** 40, read: () => {}, extents });
  const compact = await RawClient.open(server, { metaContexts: ['base:allocation'] });
  await compact.send(
    request(NBD_CMD_BLOCK_STATUS, 1, 0, 0xffffffff),
    request(NBD_CMD_BLOCK_STATUS, 2, 0, 512),
  );
  const most = 2 ** 32 - 65536;
  const [long, short] = await compact.replies(2);
  expect(long?.extents).toEqual([
    { length: most, status: 3n },
    { length: 6 * GIB - most, status: 3n },
  ]);
  expect(short?.extents).toEqual([{ length: most, status: 3n }]);
  await compact.disconnect();
  const wide = await RawClient.open(server, { metaContexts: ['base:allocation'], extendedHeaders: true });
  await wide.send(EXTENDED[2](NBD_CMD_BLOCK_STATUS, 1, 0, 512));
  expect((await wide.reply()).extents).toEqual([{ length: 6 * GIB, status: 3n }]);
  await wide.disconnect();
});
