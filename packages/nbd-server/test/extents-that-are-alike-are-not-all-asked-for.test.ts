import { NBD_CMD_BLOCK_STATUS, NBD_CONTEXT_BASE_ALLOCATION } from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { MemoryExport, type NbdExtent, type NbdExtents, OverlayExport } from '../src/index.js';
import { extentsOf, zeroIn } from './support/backend-calls.js';
import { RawClient, read, request } from './support/raw-client.js';
import { serverOf } from './support/servers.js';

const MOST = 2 ** 16;
const SECTOR = 512;

let given = 0;

function* alike(length = SECTOR): Generator<NbdExtent> {
  for (given = 0; ; given++) yield { length, status: 0 };
}

async function* alikeLater(): AsyncGenerator<NbdExtent> {
  yield* alike();
}

async function clientOf(extents: NbdExtents): Promise<RawClient> {
  const { server } = serverOf({ size: 2 ** 40, read: (_, target) => void target.fill(7), extents });
  return await RawClient.open(server, { metaContexts: [NBD_CONTEXT_BASE_ALLOCATION] });
}

test.each<[string, NbdExtents]>([
  ['an iterable', () => ({ [Symbol.iterator]: () => alike() })],
  ['a generator', () => alike()],
  ['an async generator', () => alikeLater()],
])('block status takes a number of them that keeps nobody waiting: %s', async (_, extents) => {
  const client = await clientOf(extents);
  await client.send(request(NBD_CMD_BLOCK_STATUS, 1, 0, 2 ** 31));
  expect((await client.reply()).extents).toEqual([{ length: MOST * SECTOR, status: 0n }]);
  expect(given).toBeLessThanOrEqual(MOST);
  await client.disconnect();
});

test('a read takes no more, and sends the rest as data', async () => {
  const client = await clientOf(() => ({ [Symbol.iterator]: () => alike(1) }));
  await client.send(read(1, 0, 2 ** 20));
  expect((await client.reply()).data).toHaveLength(2 ** 20);
  expect(given).toBeLessThanOrEqual(MOST);
  await client.disconnect();
});

test('others have their turn while an async iterable gives what it has already', async () => {
  const client = await clientOf(() => alikeLater());
  let turns = 0;
  const turn = (): void => {
    turns++;
    next = setImmediate(turn);
  };
  let next = setImmediate(turn);
  await client.send(request(NBD_CMD_BLOCK_STATUS, 1, 0, 2 ** 31));
  await client.reply();
  clearImmediate(next);
  expect(turns).toBeGreaterThan(32);
  await client.disconnect();
});

test('overlays keep to that number', async () => {
  const size = 2 ** 30;
  const extents = () => ({ [Symbol.iterator]: () => alike() });
  const disk = new OverlayExport({ size, read: () => {}, extents });
  expect(await extentsOf(disk, 0, size)).toHaveLength(MOST);
  expect(given).toBeLessThanOrEqual(MOST);
});

test('also of blocks that are in one layer and in the other in turn', async () => {
  const block = 2 ** 16;
  const blocks = MOST + 100;
  const disk = new OverlayExport(new MemoryExport(blocks * block));
  for (let index = 0; index < blocks; index += 2) await zeroIn(disk, index * block, block);
  expect(await extentsOf(disk, 0, blocks * block)).toHaveLength(MOST);
});
