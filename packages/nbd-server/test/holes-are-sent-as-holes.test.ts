import {
  NBD_CMD_FLAG_DF,
  NBD_CMD_FLAG_FUA,
  NBD_CMD_READ,
  ReadCoverage,
  ReplyKind,
} from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import type { NbdBackend, NbdExtent } from '../src/index.js';
import { FORMS } from './support/forms.js';
import { pattern, RawClient, type Reply, read, sameBytes } from './support/raw-client.js';
import { serverOf } from './support/servers.js';

const KIB = 1024;
const SIZE = 256 * KIB;
const HOLE = 3;
const DATA = 0;
/** Data, a hole, a hole without zeroes, data, a hole that is too short to be worth a chunk, data, a hole. */
const MAP: readonly NbdExtent[] = [
  { length: 8 * KIB, status: DATA },
  { length: 56 * KIB, status: HOLE },
  { length: 8 * KIB, status: 1 },
  { length: 32 * KIB, status: DATA },
  { length: 2 * KIB, status: HOLE },
  { length: 22 * KIB, status: DATA },
  { length: 64 * KIB, status: HOLE },
  { length: 64 * KIB, status: 2n },
];

function sparseDisk(): NbdBackend & { asked: number; reads: number; bytes: Uint8Array } {
  const bytes = pattern(SIZE);
  bytes.fill(0, 8 * KIB, 64 * KIB);
  bytes.fill(0, 104 * KIB, 106 * KIB);
  bytes.fill(0, 128 * KIB);
  const disk = {
    size: SIZE,
    bytes,
    asked: 0,
    reads: 0,
    read: (offset: number, target: Uint8Array) => {
      disk.reads++;
      target.set(bytes.subarray(offset, offset + target.length));
    },
    extents: (offset: number, length: number) => {
      disk.asked++;
      return mapFrom(offset, length);
    },
  };
  return disk;
}

function mapFrom(offset: number, length: number): NbdExtent[] {
  const extents: NbdExtent[] = [];
  let at = 0;
  for (const extent of MAP) {
    const left = Math.min(extent.length, at + extent.length - offset);
    if (left > 0 && at < offset + length) extents.push({ ...extent, length: left });
    at += extent.length;
  }
  return extents;
}

/** All chunks of one reply, judged as a client judges them, and what they amount to. */
async function readAll(client: RawClient, offset: number, length: number) {
  const coverage = new ReadCoverage();
  coverage.begin(length);
  const bytes = new Uint8Array(length).fill(0xee);
  const chunks: Reply[] = [];
  do {
    const chunk = await client.reply();
    chunks.push(chunk);
    const size = chunk.kind === ReplyKind.HOLE ? chunk.length : chunk.data.length;
    coverage.add(chunk.offset - offset, size);
    if (chunk.kind === ReplyKind.HOLE) bytes.fill(0, chunk.offset - offset, chunk.offset - offset + size);
    else bytes.set(chunk.data, chunk.offset - offset);
  } while (chunks.at(-1)?.done === false);
  coverage.finish();
  return { bytes, chunks: chunks.map(({ kind, offset: at }) => [kind, at / KIB]) };
}

const [, STRUCTURED, EXTENDED] = FORMS;

test.each([STRUCTURED, EXTENDED])('between the data, %s', async (_, options, request) => {
  const disk = sparseDisk();
  const client = await RawClient.open(serverOf(disk).server, options);
  await client.send(request(NBD_CMD_READ, 1, 0, SIZE));
  const whole = await readAll(client, 0, SIZE);
  expect(sameBytes(whole.bytes, disk.bytes)).toBe(true);
  expect(whole.chunks).toEqual([
    [ReplyKind.DATA, 0],
    [ReplyKind.HOLE, 8],
    [ReplyKind.DATA, 64],
    [ReplyKind.HOLE, 128],
  ]);
  await client.send(request(NBD_CMD_READ, 2, 10 * KIB + 1, 60 * KIB));
  const part = await readAll(client, 10 * KIB + 1, 60 * KIB);
  expect(sameBytes(part.bytes, disk.bytes.subarray(10 * KIB + 1, 70 * KIB + 1))).toBe(true);
  expect(part.chunks.map(([kind]) => kind)).toEqual([ReplyKind.HOLE, ReplyKind.DATA]);
  await client.disconnect();
});

test.each([
  [STRUCTURED[0], STRUCTURED, '668e33ef 0001 0002 0000000000000009 0000000c 0000000000020000 00020000'],
  [
    EXTENDED[0],
    EXTENDED,
    '6e8a278c 0001 0002 0000000000000009 0000000000020000 000000000000000c 0000000000020000 00020000',
  ],
] as const)(
  'a hole alone is one chunk, and the backend reads nothing, %s',
  async (_, [, options, request], wire) => {
    const disk = sparseDisk();
    const client = await RawClient.open(serverOf(disk).server, options);
    await client.send(request(NBD_CMD_READ, 9, 128 * KIB, 128 * KIB));
    const expected = Buffer.from(wire.replaceAll(' ', ''), 'hex');
    expect(Buffer.from(await client.receive(expected.length))).toEqual(expected);
    expect(disk.reads).toBe(0);
    await client.disconnect();
  },
);

test('not with DF, nor with FUA, nor in short reads, nor in simple replies', async () => {
  const disk = sparseDisk();
  const { server } = serverOf(disk);
  const client = await RawClient.open(server);
  await client.send(
    read(1, 0, SIZE, NBD_CMD_FLAG_DF),
    read(2, 0, SIZE, NBD_CMD_FLAG_FUA),
    read(3, 8 * KIB, 4 * KIB),
  );
  for (const reply of await client.replies(3))
    expect(reply).toMatchObject({ kind: ReplyKind.DATA, done: true });
  await client.disconnect();
  const simple = await RawClient.open(server, { structuredReplies: false });
  await simple.send(read(1, 0, SIZE));
  expect(sameBytes((await simple.reply(SIZE)).data, disk.bytes)).toBe(true);
  await simple.disconnect();
  expect(disk.asked).toBe(0);
});

test('a backend that makes one wait for its extents is asked once on a connection', async () => {
  const disk = sparseDisk();
  let asked = 0;
  const slow = {
    ...disk,
    extents: () => (++asked % 2 === 1 ? Promise.reject(new Error('lost it')) : Promise.resolve([])),
  };
  const { server } = serverOf(slow);
  for (const expected of [1, 2]) {
    const client = await RawClient.open(server);
    await client.send(read(1, 0, SIZE), read(2, 0, SIZE));
    for (const { kind, data } of await client.replies(2)) {
      expect(kind).toBe(ReplyKind.DATA);
      expect(sameBytes(data, disk.bytes)).toBe(true);
    }
    expect(asked).toBe(expected);
    await client.disconnect();
  }
});

test.each([
  [
    'fail',
    () => {
      throw new Error('no map');
    },
  ],
  ['make no sense', () => [{ length: 0, status: HOLE }]],
  ['are none', () => []],
])('extents that %s do not matter to a read', async (_, extents) => {
  const disk = sparseDisk();
  const client = await RawClient.open(serverOf({ ...disk, extents }).server);
  await client.send(read(1, 0, SIZE));
  const reply = await client.reply();
  expect(reply.kind).toBe(ReplyKind.DATA);
  expect(sameBytes(reply.data, disk.bytes)).toBe(true);
  await client.disconnect();
});

test('a read that waits is sent with its holes too', async () => {
  const disk = sparseDisk();
  const later = {
    ...disk,
    read: async (offset: number, target: Uint8Array) => {
      await null;
      disk.read(offset, target, { fua: false });
    },
  };
  const client = await RawClient.open(serverOf(later).server);
  await client.send(read(1, 0, 64 * KIB));
  const { bytes, chunks } = await readAll(client, 0, 64 * KIB);
  expect(sameBytes(bytes, disk.bytes.subarray(0, 64 * KIB))).toBe(true);
  expect(chunks).toHaveLength(2);
  await client.disconnect();
});
