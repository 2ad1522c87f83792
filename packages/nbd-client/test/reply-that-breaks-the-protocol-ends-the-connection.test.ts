import type { Co } from '@coaio/coroutine';
import { NbdClient } from '@coaio/nbd-client';
import {
  NBD_OPT_GO,
  NBD_OPT_SET_META_CONTEXT,
  NBD_OPT_STRUCTURED_REPLY,
  NBD_REP_ACK,
  NBD_REP_ERR_UNKNOWN,
  NBD_REP_ERR_UNSUP,
  NBD_REP_META_CONTEXT,
} from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { type BytePeer, goes, meets, optionReply, u16, u32, u64 } from './support/byte-server.js';

type Answer = (cookie: Buffer) => Uint8Array[];

const [NONE, DATA, HOLE, STATUS, ERROR, ERROR_OFFSET] = [0, 1, 2, 5, 0x8001, 0x8002];
const DONE = 1;

function chunk(
  cookie: Buffer,
  type: number,
  payload: Uint8Array,
  flags = DONE,
  length = payload.length,
): Buffer {
  return Buffer.concat([u32(0x668e33ef), u16(flags), u16(type), cookie, u32(length), payload]);
}

const at = (offset: bigint, ...rest: Uint8Array[]): Buffer => Buffer.concat([u64(offset), ...rest]);
const data = (length: number): Buffer => Buffer.alloc(length, 'x');
const extent = (length: number, status = 0): Buffer => Buffer.concat([u32(length), u32(status)]);
const status = (id: number, ...extents: Uint8Array[]): Buffer => Buffer.concat([u32(id), ...extents]);

/** With structured replies and two contexts, ids 5 and 6; then `answer` to one request. */
function structured(answer: Answer, replies = contexts(['base:allocation', 5], ['x:y', 6])) {
  return function* (peer: BytePeer): Co<void> {
    yield* peer.greet();
    for (;;) {
      const { option } = yield* peer.option();
      if (option === NBD_OPT_GO) break;
      if (option === NBD_OPT_STRUCTURED_REPLY) yield* peer.send(optionReply(option, NBD_REP_ACK));
      else if (option === NBD_OPT_SET_META_CONTEXT) yield* peer.send(replies);
      else yield* peer.send(optionReply(option, NBD_REP_ERR_UNSUP));
    }
    yield* peer.send(goes());
    const cookie = (yield* peer.read(28)).subarray(8, 16);
    yield* peer.send(...answer(cookie));
    yield* peer.restOf();
  };
}

function contexts(...all: [string, number][]): Buffer {
  return Buffer.concat([
    ...all.map(([name, id]) =>
      optionReply(
        NBD_OPT_SET_META_CONTEXT,
        NBD_REP_META_CONTEXT,
        Buffer.concat([u32(id), Buffer.from(name)]),
      ),
    ),
    optionReply(NBD_OPT_SET_META_CONTEXT, NBD_REP_ACK),
  ]);
}

const OPTIONS = { requestTimeoutMs: 1000, metaContexts: ['base:allocation', 'x:y'] };

async function asking<T>(script: ReturnType<typeof structured>, request: (client: NbdClient) => Promise<T>) {
  return await meets(
    script,
    async (options) => {
      const client = await NbdClient.connect(options);
      const [outcome] = await Promise.allSettled([request(client)]);
      const next = await client.read(0, 1, { timeoutMs: 500 }).catch(({ code }: { code: string }) => code);
      await client.close();
      if (outcome === undefined) throw new Error('unreachable');
      return { outcome, next };
    },
    OPTIONS,
  );
}

const reads: [string, Answer][] = [
  ['a magic of no kind', () => [Buffer.alloc(20, 1)]],
  ['a type that is not known', (cookie) => [chunk(cookie, 77, data(3))]],
  ['OFFSET_DATA of length 8', (cookie) => [chunk(cookie, DATA, at(0n))]],
  ['OFFSET_DATA of length 7', (cookie) => [chunk(cookie, DATA, data(7))]],
  ['data of 4 GiB, as it claims', (cookie) => [chunk(cookie, DATA, at(0n, data(4)), DONE, 0xffffffff)]],
  ['data past the request', (cookie) => [chunk(cookie, DATA, at(0n, data(5)))]],
  ['data before it', (cookie) => [chunk(cookie, DATA, at(2n ** 64n - 1n, data(4)))]],
  ['a hole of size 0', (cookie) => [chunk(cookie, HOLE, at(0n, u32(0)))]],
  ['a hole that is too long', (cookie) => [chunk(cookie, HOLE, at(0n, u32(5)))]],
  ['a hole of another length', (cookie) => [chunk(cookie, HOLE, at(0n, u32(4), u32(0)))]],
  [
    'the same byte twice',
    (cookie) => [chunk(cookie, DATA, at(0n, data(2)), 0), chunk(cookie, HOLE, at(1n, u32(3)))],
  ],
  ['not all of its bytes', (cookie) => [chunk(cookie, DATA, at(0n, data(3)))]],
  ['none of its bytes', (cookie) => [chunk(cookie, NONE, data(0))]],
  ['NONE without NBD_REPLY_FLAG_DONE', (cookie) => [chunk(cookie, NONE, data(0), 0)]],
  ['NONE with a payload', (cookie) => [chunk(cookie, NONE, data(1))]],
  ['block status', (cookie) => [chunk(cookie, STATUS, status(5, extent(4)))]],
  ['an error of value 0', (cookie) => [chunk(cookie, ERROR, Buffer.concat([u32(0), u16(0)]))]],
  [
    'an error whose text is longer than it',
    (cookie) => [chunk(cookie, ERROR, Buffer.concat([u32(5), u16(9)]))],
  ],
  ['an error of 4 GiB, as it claims', (cookie) => [chunk(cookie, ERROR, u32(5), DONE, 0xffffffff)]],
  [
    'an error outside of it',
    (cookie) => [chunk(cookie, ERROR_OFFSET, Buffer.concat([u32(5), u16(0), u64(4n)]))],
  ],
  ['another cookie', () => [chunk(Buffer.alloc(8, 9), DATA, at(0n, data(4)))]],
  ['the answer twice', (cookie) => [chunk(cookie, NONE, data(0)), chunk(cookie, DATA, at(0n, data(4)))]],
  ['a simple reply', (cookie) => [u32(0x67446698), u32(0), cookie, data(4)]],
];

test.each(reads)('to a read of 4 bytes: %s', async (_what, answer) => {
  const { outcome } = await asking(structured(answer), (client) => client.read(0, 4));
  expect(outcome).toMatchObject({
    value: {
      outcome: { reason: { code: 'NBD_CONNECTION_LOST', cause: { fault: 'peer' } } },
      next: 'NBD_CONNECTION_LOST',
    },
  });
});

test('an error at a byte, then that byte: the error stands, the connection ends', async () => {
  const answer: Answer = (cookie) => [
    chunk(cookie, ERROR_OFFSET, Buffer.concat([u32(5), u16(0), u64(1n)]), 0),
    chunk(cookie, DATA, at(0n, data(4))),
  ];
  const { outcome } = await asking(structured(answer), (client) => client.read(0, 4));
  expect(outcome).toMatchObject({
    value: { outcome: { reason: { errno: 'EIO' } }, next: 'NBD_CONNECTION_LOST' },
  });
});

const statuses: [string, Answer][] = [
  ['NONE alone', (cookie) => [chunk(cookie, NONE, data(0))]],
  ['one context of two', (cookie) => [chunk(cookie, STATUS, status(5, extent(64)))]],
  ['an unknown context', (cookie) => [chunk(cookie, STATUS, status(7, extent(64)), 0)]],
  [
    'a context twice',
    (cookie) =>
      [5, 5, 6].map((id, index) => chunk(cookie, STATUS, status(id, extent(64)), index === 2 ? DONE : 0)),
  ],
  ['an extent of length 0', (cookie) => [chunk(cookie, STATUS, status(5, extent(0)), 0)]],
  ['an extent past the request', (cookie) => [chunk(cookie, STATUS, status(5, extent(64), extent(1)), 0)]],
  ['no extent', (cookie) => [chunk(cookie, STATUS, status(5), 0)]],
  ['half an extent', (cookie) => [chunk(cookie, STATUS, status(5, u32(64)), 0)]],
  [
    '2^20 + 1 extents, as it claims',
    (cookie) => [chunk(cookie, STATUS, status(5, extent(1)), 0, 4 + 8 * (2 ** 20 + 1))],
  ],
  ['data', (cookie) => [chunk(cookie, DATA, at(0n, data(4)))]],
];

test.each(statuses)('to block status of 64 bytes: %s', async (_what, answer) => {
  const { outcome } = await asking(structured(answer), (client) => client.blockStatus(0, 64));
  expect(outcome).toMatchObject({
    value: {
      outcome: { reason: { code: 'NBD_CONNECTION_LOST', cause: { fault: 'peer' } } },
      next: 'NBD_CONNECTION_LOST',
    },
  });
});

const fine: [string, Answer, object][] = [
  ['EIO', (cookie) => [chunk(cookie, ERROR, Buffer.concat([u32(5), u16(0)]))], { errno: 'EIO' }],
  [
    'an error value that nobody knows',
    (cookie) => [chunk(cookie, ERROR, Buffer.concat([u32(4711), u16(0)]))],
    { errno: 'EINVAL' },
  ],
  ['an error type that nobody knows', (cookie) => [chunk(cookie, 0x8abc, data(3))], { errno: 'EINVAL' }],
  [
    'some data, then an error',
    (cookie) => [
      chunk(cookie, DATA, at(0n, data(2)), 0),
      chunk(cookie, ERROR_OFFSET, Buffer.concat([u32(5), u16(2), Buffer.from('no'), u64(2n)])),
    ],
    { errno: 'EIO', serverText: 'no' },
  ],
];

test.each(fine)('to a read of 4 bytes: %s, and only that fails', async (_what, answer, reason) => {
  const { outcome } = await asking(structured(answer), (client) => client.read(0, 4));
  expect(outcome).toMatchObject({ value: { outcome: { reason }, next: 'NBD_TIMEOUT' } });
});

test('status bits that nobody knows are passed on', async () => {
  const answer: Answer = (cookie) => [
    chunk(cookie, STATUS, status(6, extent(64, 0xffffffff)), 0),
    chunk(cookie, STATUS, status(5, extent(16, 0xfffffffc), extent(100)), DONE),
  ];
  const { outcome } = await asking(structured(answer), (client) => client.blockStatus(0, 64));
  const value = (outcome as PromiseFulfilledResult<{ outcome: PromiseFulfilledResult<unknown> }>).value
    .outcome.value;
  expect(value).toEqual(
    new Map([
      ['x:y', [{ length: 64, status: 0xffffffff }]],
      [
        'base:allocation',
        [
          { length: 16, status: 0xfffffffc },
          { length: 100, status: 0 },
        ],
      ],
    ]),
  );
});

const selections: [string, Buffer, string | undefined][] = [
  ['one id twice', contexts(['base:allocation', 5], ['x:y', 5]), 'NBD_BAD_OPTION_REPLY'],
  ['one context twice', contexts(['base:allocation', 5], ['base:allocation', 6]), 'NBD_BAD_OPTION_REPLY'],
  ['a name of no bytes', contexts(['', 5]), 'NBD_BAD_OPTION_REPLY'],
];

test.each(selections)('to NBD_OPT_SET_META_CONTEXT: %s', async (_what, replies, code) => {
  const { outcome } = await asking(
    structured(() => [], replies),
    (client) => client.read(0, 1),
  );
  expect(outcome).toMatchObject({ reason: { code } });
});

test('contexts before an error are disregarded: there is no block status, and reads work', async () => {
  const replies = Buffer.concat([
    optionReply(NBD_OPT_SET_META_CONTEXT, NBD_REP_META_CONTEXT, Buffer.concat([u32(5), Buffer.from('x:y')])),
    optionReply(NBD_OPT_SET_META_CONTEXT, NBD_REP_ERR_UNKNOWN),
  ]);
  const script = structured((cookie) => [chunk(cookie, DATA, at(0n, data(4)))], replies);
  const { outcome } = await asking(script, async (client) => {
    await expect(client.blockStatus(0, 64)).rejects.toMatchObject({ code: 'NBD_NOT_OFFERED' });
    return (await client.read(0, 4)).toString();
  });
  expect(outcome).toMatchObject({ value: { outcome: { value: 'xxxx' } } });
});

test('a structured reply that was not negotiated', async () => {
  const script = function* (peer: BytePeer): Co<void> {
    yield* peer.greet();
    yield* peer.until(NBD_OPT_GO);
    yield* peer.send(goes());
    const cookie = (yield* peer.read(28)).subarray(8, 16);
    yield* peer.send(chunk(cookie, DATA, at(0n, data(4))));
    yield* peer.restOf();
  };
  const { outcome } = await asking(script, (client) => client.read(0, 4));
  expect(outcome).toMatchObject({ value: { outcome: { reason: { cause: { code: 'NBD_BAD_REPLY' } } } } });
});
