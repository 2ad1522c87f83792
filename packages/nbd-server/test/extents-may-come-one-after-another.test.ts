import { setImmediate } from 'node:timers/promises';
import { type Co, coAwait } from '@coaio/coroutine';
import {
  NBD_CMD_BLOCK_STATUS,
  NBD_CMD_FLAG_REQ_ONE,
  NBD_CONTEXT_BASE_ALLOCATION,
  NBD_EIO,
} from '@coaio/nbd-protocol';
import { describe, expect, test } from 'vitest';
import {
  injectDelays,
  type NbdBackend,
  type NbdExtent,
  type NbdExtents,
  OverlayExport,
  type RecordedRequest,
  record,
} from '../src/index.js';
import { RawClient, read, request } from './support/raw-client.js';
import { serverOf } from './support/servers.js';

const BLOCK = 4096;
const SIZE = 2 ** 40;

/** What was taken of the endless extents, and whether somebody has said that it is enough. */
interface Told {
  given: number;
  returned: number;
}

/** Data and holes in turn, without an end. */
function* endless(told: Told): Generator<NbdExtent> {
  try {
    for (;;) yield { length: BLOCK, status: told.given++ % 2 === 0 ? 0 : 3 };
  } finally {
    told.returned++;
  }
}

async function* asyncEndless(told: Told): AsyncGenerator<NbdExtent> {
  try {
    for (const extent of endless({ given: 0, returned: 0 })) {
      await setImmediate();
      told.given++;
      yield extent;
    }
  } finally {
    told.returned++;
  }
}

const KINDS: Record<string, (told: Told) => ReturnType<NbdExtents>> = {
  'an iterable': (told) => ({ [Symbol.iterator]: () => endless(told) }),
  'a generator': (told) => endless(told),
  'an async generator': (told) => asyncEndless(told),
  'an async iterable': (told) => ({ [Symbol.asyncIterator]: () => asyncEndless(told) }),
  'a promise of an iterable': async (told) => ({ [Symbol.iterator]: () => endless(told) }),
  'a promise of an async iterable': async (told) => ({ [Symbol.asyncIterator]: () => asyncEndless(told) }),
  'a coroutine that returns an iterable': function* (told): Co<Iterable<NbdExtent>> {
    yield* coAwait(setImmediate());
    return { [Symbol.iterator]: () => endless(told) };
  },
};

function diskOf(extents: NbdExtents): NbdBackend {
  return { size: SIZE, read: (_, target) => void target.fill(7), write() {}, extents };
}

async function clientOf(backend: NbdBackend): Promise<RawClient> {
  return await RawClient.open(serverOf(backend).server, { metaContexts: [NBD_CONTEXT_BASE_ALLOCATION] });
}

const status = (length: number, flags = 0): Uint8Array =>
  request(NBD_CMD_BLOCK_STATUS, 1, 0, length, { flags });

describe.each(Object.keys(KINDS))('%s', (kind) => {
  const extentsOf = KINDS[kind] as (told: Told) => ReturnType<NbdExtents>;

  test('is taken as far as it was asked about', async () => {
    const told = { given: 0, returned: 0 };
    const client = await clientOf(diskOf(() => extentsOf(told)));
    await client.send(status(10 * BLOCK));
    const { extents } = await client.reply();
    expect(extents.map(({ length, status }) => [length, Number(status)])).toEqual(
      Array.from({ length: 10 }, (_, index) => [BLOCK, index % 2 === 0 ? 0 : 3]),
    );
    expect(told).toEqual({ given: 10, returned: 1 });
    await client.disconnect();
  });

  test('once, if one is asked for', async () => {
    const told = { given: 0, returned: 0 };
    const client = await clientOf(diskOf(() => extentsOf(told)));
    await client.send(status(10 * BLOCK, NBD_CMD_FLAG_REQ_ONE));
    expect((await client.reply()).extents).toEqual([{ length: BLOCK, status: 0n }]);
    expect(told.given).toBeLessThanOrEqual(2);
    expect(told.returned).toBe(1);
    await client.disconnect();
  });

  test('by overlays and wrappers too', async () => {
    const told = { given: 0, returned: 0 };
    const recorded: RecordedRequest[] = [];
    const base = diskOf(() => extentsOf(told));
    const wrapped = record(injectDelays(base, [{ operation: 'extents', delayMs: 0 }]), (one) =>
      recorded.push(one),
    );
    for (const disk of [new OverlayExport({ ...base, size: 2 ** 30 }), wrapped]) {
      const client = await clientOf(disk);
      await client.send(status(2 * BLOCK));
      expect((await client.reply()).extents).toEqual([
        { length: BLOCK, status: told.returned === 1 ? 0n : expect.any(BigInt) },
        { length: BLOCK, status: expect.any(BigInt) },
      ]);
      await client.disconnect();
    }
    expect(told).toEqual({ given: 4, returned: 2 });
    expect(recorded).toMatchObject([
      {
        operation: 'extents',
        extents: [
          [BLOCK, '0'],
          [BLOCK, '3'],
        ],
      },
    ]);
  });

  test('is no trouble for a read', async () => {
    const client = await clientOf(diskOf(() => extentsOf({ given: 1, returned: 0 })));
    await client.send(read(1, 0, 64 * 1024), read(2, 0, 10));
    let covered = 0;
    for (let ended = 0; ended < 2; ) {
      const reply = await client.reply();
      expect(reply.error).toBe(0);
      if (reply.cookie === 1) covered += reply.data.length > 0 ? reply.data.length : BLOCK;
      if (reply.done) ended++;
    }
    expect(covered).toBe(64 * 1024);
    await client.disconnect();
  });
});

test.each([
  [
    'an async generator',
    async function* () {
      yield { length: BLOCK, status: 0 };
      throw new Error('lost it');
    },
  ],
  [
    'a generator',
    function* () {
      yield { length: BLOCK, status: 0 };
      throw new Error('lost it');
    },
  ],
] as [string, NbdExtents][])('%s that throws fails the request alone', async (_, extents) => {
  const client = await clientOf(diskOf(extents));
  await client.send(status(2 * BLOCK), read(2, 0, 1));
  const replies = await client.replies(2);
  expect(replies.find(({ cookie }) => cookie === 1)).toMatchObject({ error: NBD_EIO, message: 'lost it' });
  expect(replies.find(({ cookie }) => cookie === 2)).toMatchObject({ error: 0 });
  await client.disconnect();
});

test('what is as long as a reply may be ends there', async () => {
  const told = { given: 0, returned: 0 };
  const client = await clientOf(diskOf(() => KINDS['a promise of an iterable']!(told)));
  await client.send(status(2 ** 31));
  expect((await client.reply()).extents).toHaveLength(32_768);
  expect(told.given).toBeLessThanOrEqual(2 ** 16 + 1);
  expect(told.returned).toBe(1);
  await client.disconnect();
});
