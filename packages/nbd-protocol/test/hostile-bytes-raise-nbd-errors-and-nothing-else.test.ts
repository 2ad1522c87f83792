import {
  ClientHandshake,
  type ClientHandshakeOptions,
  decodeReply,
  decodeRequest,
  NbdOptionRefusedError,
  NbdProtocolError,
  NEED_MORE,
  newReplyHeader,
  newRequestHeader,
  ServerHandshake,
} from '@coaio/nbd-protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DISK, directoryOf } from './support/handshake-pair.js';
import * as naive from './support/naive-codec.mjs';
import {
  concat,
  goData,
  greeting,
  infoBlockSize,
  infoExport,
  option,
  optionReply,
  serverEntry,
  text,
  u16,
  u32,
} from './support/wire.js';

const GOALS = fc.constantFrom('go' as const, 'info' as const, 'list' as const);
const RUNS = { numRuns: 3000 };

/** Returns after finitely many events, or throws what must be an error of ours. */
function survive(run: () => void): void {
  try {
    run();
  } catch (error) {
    if (error instanceof NbdProtocolError || error instanceof NbdOptionRefusedError) return;
    throw error;
  }
}

function feed(handshake: ClientHandshake | ServerHandshake, bytes: Uint8Array, split: number): void {
  let events = 0;
  for (let at = 0; at < bytes.length; at += split) {
    handshake.receive(bytes.subarray(at, at + split));
    while (handshake.nextEvent() !== NEED_MORE) events += 1;
    handshake.takeOutgoing();
  }
  expect(events).toBeLessThanOrEqual(1);
  if (handshake instanceof ClientHandshake) handshake.receiveEof();
}

/** Valid bytes with some of them changed, cut or repeated. */
function mutated(valid: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  const change = fc.record({
    at: fc.nat(5000),
    value: fc.oneof(fc.constantFrom(0, 1, 0x7f, 0x80, 0xff), fc.nat(255)),
  });
  return fc
    .record({
      base: fc.constantFrom(...valid),
      changes: fc.array(change, { maxLength: 6 }),
      cut: fc.nat(5000),
      again: fc.boolean(),
    })
    .map(({ base, changes, cut, again }) => {
      const bytes = again ? concat(base, base.subarray(18)) : base.slice();
      for (const { at, value } of changes) bytes[at % bytes.length] = value;
      return cut % 4 === 0 ? bytes.subarray(0, cut % bytes.length) : bytes;
    });
}

const serverBytes = [
  concat(
    greeting(),
    optionReply(8, 1),
    optionReply(7, 3, infoExport(512n, 0x81)),
    optionReply(7, 3, concat(u16(1), text('disk'))),
    optionReply(7, 3, infoBlockSize(1, 4096, 1 << 25)),
    optionReply(7, 1),
  ),
  concat(greeting(), optionReply(8, 0x80000001), optionReply(7, 0x80000001), new Uint8Array(10).fill(1)),
  concat(greeting(), optionReply(3, 2, serverEntry('disk', 'a disk')), optionReply(3, 1), optionReply(2, 1)),
  concat(greeting(), optionReply(8, 1), optionReply(6, 0x80000006, text('no')), optionReply(2, 1)),
  concat(greeting(0), new Uint8Array(134).fill(1)),
];
const clientBytes = [
  concat(u32(3), option(8), option(3), option(6, goData('disk', [1, 2, 3])), option(7, goData('disk', [3]))),
  concat(u32(3), option(99, text('xyz')), option(1, text('disk'))),
  concat(u32(1), option(5), option(2, text('bye'))),
];

test('the client, random bytes', () => {
  fc.assert(
    fc.property(
      GOALS,
      fc.uint8Array({ maxLength: 300 }),
      fc.boolean(),
      fc.integer({ min: 1, max: 64 }),
      (goal, tail, greeted, split) => {
        const bytes = greeted ? concat(greeting(), tail) : tail;
        survive(() => feed(new ClientHandshake({ goal }), bytes, split));
      },
    ),
    RUNS,
  );
});

test('the client, mutated bytes', () => {
  const options: fc.Arbitrary<ClientHandshakeOptions> = fc.record({
    goal: GOALS,
    structuredReplies: fc.boolean(),
  });
  fc.assert(
    fc.property(options, mutated(serverBytes), fc.integer({ min: 1, max: 64 }), (wanted, bytes, split) => {
      survive(() => feed(new ClientHandshake(wanted), bytes, split));
    }),
    RUNS,
  );
});

test('the server, random bytes', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 300 }),
      fc.boolean(),
      fc.integer({ min: 1, max: 64 }),
      (tail, greeted, split) => {
        const bytes = greeted ? concat(u32(3), tail) : tail;
        survive(() => feed(new ServerHandshake({ directory: directoryOf(DISK) }), bytes, split));
      },
    ),
    RUNS,
  );
});

test('the server, mutated bytes', () => {
  fc.assert(
    fc.property(mutated(clientBytes), fc.integer({ min: 1, max: 64 }), (bytes, split) => {
      survive(() => feed(new ServerHandshake({ directory: directoryOf(DISK) }), bytes, split));
    }),
    RUNS,
  );
});

test('requests and replies: no decoder leaves its window', () => {
  const messages = [
    naive.encodeSimpleReply(5, 7n),
    naive.encodeChunk(true, 1, 7n, naive.dataPayload(0n, new Uint8Array(16))),
    naive.encodeChunk(true, 2, 7n, naive.holePayload(0n, 16)),
    naive.encodeChunk(true, 0x8001, 7n, naive.errorPayload(5, text('broken'))),
    naive.encodeChunk(true, 0x8002, 7n, naive.errorPayload(5, text('broken'), 8n)),
    naive.encodeRequest({ flags: 0, type: 0, cookie: 1n, offset: 0n, length: 512 }),
  ];
  const header = newRequestHeader();
  const reply = newReplyHeader();
  const bytesAndEnd = fc.oneof(mutated(messages), fc.uint8Array({ maxLength: 100 }));
  fc.assert(
    fc.property(bytesAndEnd, (bytes) => {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      for (const decode of [
        () => decodeReply(view, 0, bytes.length, reply),
        () => decodeRequest(view, 0, bytes.length, header),
      ]) {
        survive(() => {
          const next = decode();
          expect(next === NEED_MORE || (next > 0 && next <= bytes.length)).toBe(true);
        });
      }
    }),
    { numRuns: 10_000 },
  );
});
