import { type Co, coAwait } from '@coaio/coroutine';
import {
  NBD_CMD_BLOCK_STATUS,
  NBD_CMD_FLAG_REQ_ONE,
  NBD_EIO,
  ReplyKind,
  StatusCoverage,
} from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import type { NbdBackend, NbdExtent, NbdExtents } from '../src/index.js';
import { FORMS } from './support/forms.js';
import { RawClient, type RawClientOptions, type Reply, request } from './support/raw-client.js';
import { serverOf } from './support/servers.js';

const SIZE = 2 ** 20;
const ALLOCATION: NbdExtents = () => [
  { length: 4096, status: 0 },
  { length: 8192, status: 3 },
];
const DIRTY: NbdExtents = async () => [{ length: 512, status: 1n }];
const diskWith = (
  metaContexts: [string, NbdExtents][] = [],
  extents: NbdExtents = ALLOCATION,
): NbdBackend => ({
  size: SIZE,
  read: () => {},
  extents,
  metaContexts: new Map(metaContexts),
});

async function statusOf(
  client: RawClient,
  form: typeof request,
  { offset = 0, length = 65536, flags = 0 } = {},
): Promise<Reply[]> {
  await client.send(form(NBD_CMD_BLOCK_STATUS, 1, offset, length, { flags }));
  // As a client judges it.
  const coverage = new StatusCoverage();
  coverage.begin(
    client.metaContexts.map(({ id }) => id),
    length,
    flags !== 0,
  );
  const chunks: Reply[] = [];
  do {
    const chunk = await client.reply();
    chunks.push(chunk);
    coverage.beginChunk(chunk.contextId);
    for (const extent of chunk.extents)
      coverage.addExtent(Math.floor(extent.length / 2 ** 32), extent.length % 2 ** 32);
  } while (chunks.at(-1)?.done === false);
  coverage.finish();
  return chunks;
}

const [, STRUCTURED, EXTENDED] = FORMS;
const wanting = (options: RawClientOptions, ...metaContexts: string[]): RawClientOptions => ({
  ...options,
  metaContexts,
});

test.each([
  [
    STRUCTURED[0],
    STRUCTURED,
    '668e33ef 0001 0005 0000000000000007 00000014 00000000 00001000 00000000 00002000 00000003',
  ],
  [
    EXTENDED[0],
    EXTENDED,
    '6e8a278c 0001 0006 0000000000000007 0000000000000200 0000000000000028 00000000 00000002' +
      '0000000000001000 0000000000000000 0000000000002000 0000000000000003',
  ],
] as const)('byte for byte, %s', async (_, [, options, form], wire) => {
  const client = await RawClient.open(serverOf(diskWith()).server, wanting(options, 'base:allocation'));
  await client.send(form(NBD_CMD_BLOCK_STATUS, 7, 512, 8192));
  const expected = Buffer.from(wire.replaceAll(' ', ''), 'hex');
  expect(Buffer.from(await client.receive(expected.length))).toEqual(expected);
  await client.disconnect();
});

test.each([STRUCTURED, EXTENDED])(
  'that was negotiated, whether it makes one wait or not, %s',
  async (_, options, form) => {
    const inCoroutine = function* (): Co<NbdExtent[]> {
      return yield* coAwait(Promise.resolve([{ length: 1024, status: 5 }]));
    };
    const disk = diskWith([
      ['x-test:dirty', DIRTY],
      ['x-test:unasked', DIRTY],
      ['x-test:depth', inCoroutine],
    ]);
    const contexts = ['x-test:dirty', 'base:allocation', 'x-test:depth'];
    const client = await RawClient.open(serverOf(disk).server, wanting(options, ...contexts));
    const names = new Map(client.metaContexts.map(({ id, name }) => [id, name]));
    const chunks = await statusOf(client, form);
    expect(
      Object.fromEntries(chunks.map(({ contextId, extents }) => [names.get(contextId), extents])),
    ).toEqual({
      'base:allocation': [
        { length: 4096, status: 0n },
        { length: 8192, status: 3n },
      ],
      'x-test:dirty': [{ length: 512, status: 1n }],
      'x-test:depth': [{ length: 1024, status: 5n }],
    });
    await client.disconnect();
  },
);

test.each([STRUCTURED, EXTENDED])(
  'with REQ_ONE one extent, within the request, %s',
  async (_, options, form) => {
    const told: unknown[] = [];
    const whole: NbdExtents = (_offset, _length, how) => {
      told.push(how);
      return [
        { length: SIZE, status: 2 },
        { length: 1, status: 0 },
      ];
    };
    const disk = diskWith([['x-test:dirty', ALLOCATION]], whole);
    const client = await RawClient.open(
      serverOf(disk).server,
      wanting(options, 'base:allocation', 'x-test:dirty'),
    );
    const chunks = await statusOf(client, form, { length: 1000, flags: NBD_CMD_FLAG_REQ_ONE });
    expect(chunks.map(({ extents }) => extents)).toEqual([
      [{ length: 1000, status: 2n }],
      [{ length: 1000, status: 0n }],
    ]);
    expect(told).toEqual([{ one: true }]);
    await client.disconnect();
  },
);

test('neighbours of one status are one, none begins behind the request, none ends behind the export', async () => {
  const half = SIZE / 2;
  const given = [
    { length: 512, status: 3 },
    { length: 512, status: 3n },
    { length: 512, status: 3 },
    { length: 512, status: 0 },
    { length: Number.MAX_SAFE_INTEGER, status: 1 },
    { length: 512, status: 0 },
  ];
  const client = await RawClient.open(
    serverOf(diskWith([], () => given)).server,
    wanting({}, 'base:allocation'),
  );
  const [long] = await statusOf(client, request, { offset: half, length: 4096 });
  expect(long?.extents.map(({ length }) => length)).toEqual([512 + 512 + 512, 512, half - 2048]);
  const [short] = await statusOf(client, request, { offset: half, length: 2048 });
  expect(short?.extents.map(({ length }) => length)).toEqual([512 + 512 + 512, 512]);
  await client.disconnect();
});

test('without `extents` all is data, to the end of the export', async () => {
  const client = await RawClient.open(
    serverOf({ size: SIZE, read: () => {} }).server,
    wanting({}, 'base:allocation'),
  );
  const [chunk] = await statusOf(client, request, { offset: 512, length: 1 });
  expect(chunk?.extents).toEqual([{ length: SIZE - 512, status: 0n }]);
  await client.disconnect();
});

test.each<[string, NbdExtents]>([
  ['are none', () => []],
  ['have no bytes', () => [{ length: 0, status: 0 }]],
  ['have a part of a byte', () => [{ length: 0.5, status: 0 }]],
  ['have a negative status', () => [{ length: 512, status: -1 }]],
  ['have a status that is no number', () => [{ length: 512, status: Number.NaN }]],
  ['have a status of 33 bits, without extended headers', () => [{ length: 512, status: 2 ** 32 }]],
  [
    'are thrown',
    () => {
      throw new Error('extents() gave up');
    },
  ],
  ['are rejected', () => Promise.reject(new Error('extents() gave up'))],
])('extents that %s are EIO', async (_, extents) => {
  const client = await RawClient.open(serverOf(diskWith([], extents)).server, wanting({}, 'base:allocation'));
  await client.send(request(NBD_CMD_BLOCK_STATUS, 1, 0, 512));
  expect(await client.reply()).toMatchObject({ kind: ReplyKind.ERROR, error: NBD_EIO, done: true });
  await client.disconnect();
});

test('nor is a context asked once another has failed', async () => {
  const asked: string[] = [];
  const tell = (name: string, given: NbdExtent[]): [string, NbdExtents] => [
    name,
    async () => {
      asked.push(name);
      return given;
    },
  ];
  const disk = diskWith([tell('x-test:none', []), tell('x-test:next', [{ length: 512, status: 0 }])]);
  const client = await RawClient.open(serverOf(disk).server, wanting({}, 'x-test:none', 'x-test:next'));
  await client.send(request(NBD_CMD_BLOCK_STATUS, 1, 0, 512), request(NBD_CMD_BLOCK_STATUS, 2, 0, 512));
  const replies = await client.replies(2);
  expect(replies.map(({ cookie, error, done }) => [cookie, error, done])).toEqual([
    [1, NBD_EIO, true],
    [2, NBD_EIO, true],
  ]);
  expect(asked).toEqual(['x-test:none', 'x-test:none']);
  await client.disconnect();
});

test('an error of one context ends the reply, whatever was sent of others', async () => {
  const disk = diskWith([['x-test:bad', () => Promise.reject(new Error('no bitmap'))]]);
  const client = await RawClient.open(serverOf(disk).server, wanting({}, 'base:allocation', 'x-test:bad'));
  await client.send(request(NBD_CMD_BLOCK_STATUS, 1, 0, 512));
  const [good, bad] = await client.replies(2);
  expect(good).toMatchObject({ kind: ReplyKind.BLOCK_STATUS, done: false });
  expect(bad).toMatchObject({ kind: ReplyKind.ERROR, done: true, message: 'no bitmap' });
  await client.disconnect();
});

test('extents that are not aligned to the minimum block are EIO', async () => {
  const blockSize = { minimum: 512, preferred: 4096, maximum: 2 ** 20 };
  const disk = { ...diskWith([], () => [{ length: 1000, status: 0 }]), blockSize };
  const client = await RawClient.open(serverOf(disk).server, wanting({}, 'base:allocation'));
  await client.send(request(NBD_CMD_BLOCK_STATUS, 1, 0, 512));
  expect(await client.reply()).toMatchObject({
    error: NBD_EIO,
    message: 'extents() gave 1000 bytes, not aligned to 512',
  });
  await client.disconnect();
});

test('64 bits of status with extended headers', async () => {
  const disk = diskWith([['x-test:wide', () => [{ length: 512, status: 2n ** 64n - 2n }]]]);
  const client = await RawClient.open(serverOf(disk).server, wanting(EXTENDED[1], 'x-test:wide'));
  const [chunk] = await statusOf(client, EXTENDED[2]);
  expect(chunk?.extents).toEqual([{ length: 512, status: 2n ** 64n - 2n }]);
  await client.disconnect();
});
