import {
  CHUNK_HEADER_SIZE,
  NBD_REPLY_FLAG_DONE,
  NBD_REPLY_TYPE_NONE,
  NBD_REPLY_TYPE_OFFSET_DATA,
  NBD_REPLY_TYPE_OFFSET_HOLE,
  NBD_SIMPLE_REPLY_MAGIC,
  NBD_STRUCTURED_REPLY_MAGIC,
  SIMPLE_REPLY_SIZE,
} from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { RawChunks } from '../src/raw-loop/raw-chunks.js';

const NOT_DONE = 0;
/** Beyond 32 bits. */
const OFFSETS = [2 ** 33 + 4096, 0];

function chunk(slot: number, flags: number, type: number, payload = Buffer.alloc(0)): Buffer {
  const header = Buffer.alloc(CHUNK_HEADER_SIZE);
  header.writeUInt32BE(NBD_STRUCTURED_REPLY_MAGIC, 0);
  header.writeUInt16BE(flags, 4);
  header.writeUInt16BE(type, 6);
  header.writeUInt32BE(slot, 12);
  header.writeUInt32BE(payload.length, 16);
  return Buffer.concat([header, payload]);
}

function data(slot: number, flags: number, from: number, bytes: Buffer): Buffer {
  const offset = Buffer.alloc(8);
  offset.writeBigUInt64BE(BigInt((OFFSETS[slot] as number) + from));
  return chunk(slot, flags, NBD_REPLY_TYPE_OFFSET_DATA, Buffer.concat([offset, bytes]));
}

function hole(slot: number, flags: number, from: number, length: number): Buffer {
  const payload = Buffer.alloc(12);
  payload.writeBigUInt64BE(BigInt((OFFSETS[slot] as number) + from));
  payload.writeUInt32BE(length, 8);
  return chunk(slot, flags, NBD_REPLY_TYPE_OFFSET_HOLE, payload);
}

/** Gives it the bytes in pieces of at most `size`. @returns the slots that became free, in order */
function receive(replies: RawChunks, bytes: Buffer, size: number): number[] {
  const free: number[] = [];
  for (let at = 0; at < bytes.length; ) {
    const place = replies.place();
    const count = bytes.copy(place, 0, at, Math.min(at + size, bytes.length));
    at += count;
    free.push(...replies.land(count));
  }
  return free;
}

// The second is read straight to its place.
test.each([
  [64, [1, 2, 3, 7, 19, 1000]],
  [2 ** 18, [4096, 99_999, 2 ** 20]],
])('data and holes of blocks of %i bytes, backwards and mixed', (bs, sizes) => {
  const half = bs / 2;
  const [front, back] = [Buffer.alloc(half, 'front'), Buffer.alloc(half, 'back')];
  const all = Buffer.concat([
    data(0, NOT_DONE, half, back),
    hole(1, NOT_DONE, 0, half),
    data(0, NOT_DONE, 0, front),
    data(1, NBD_REPLY_FLAG_DONE, half, back),
    chunk(0, NBD_REPLY_FLAG_DONE, NBD_REPLY_TYPE_NONE),
    hole(1, NBD_REPLY_FLAG_DONE, half, half),
    data(0, NBD_REPLY_FLAG_DONE, 0, back),
  ]);
  for (const size of sizes) {
    const memory = [Buffer.alloc(bs, 0xff), Buffer.alloc(bs, 0xff)];
    const replies = new RawChunks(memory, false, OFFSETS);
    expect(receive(replies, all, size)).toEqual([1, 0, 1, 0]);
    expect(replies.ios).toBe(4);
    expect(memory).toEqual([Buffer.concat([back, back]), Buffer.alloc(bs)]);
  }
});

test('a write is done with a chunk, or with the simple reply that a server may give it', () => {
  const simple = Buffer.alloc(SIMPLE_REPLY_SIZE);
  simple.writeUInt32BE(NBD_SIMPLE_REPLY_MAGIC, 0);
  simple.writeUInt32BE(1, 12);
  const all = Buffer.concat([simple, chunk(0, NBD_REPLY_FLAG_DONE, NBD_REPLY_TYPE_NONE), simple]);
  for (const size of [1, 5, 16, 17, 1000]) {
    const replies = new RawChunks([Buffer.alloc(8), Buffer.alloc(8)], true, OFFSETS);
    expect(receive(replies, all, size)).toEqual([1, 0, 1]);
  }
});

test('a chunk with an error ends it', () => {
  const replies = new RawChunks([Buffer.alloc(8)], false, [0]);
  expect(() => receive(replies, chunk(0, NBD_REPLY_FLAG_DONE, 0x8001, Buffer.alloc(6)), 1000)).toThrow(
    'reply with NBD_REPLY_TYPE_ERROR',
  );
});
