import {
  decodeExtendedExtents,
  decodeExtendedReply,
  decodeExtendedRequest,
  decodeReply,
  decodeRequest,
  encodeDataChunk,
  encodeExtendedDataChunk,
  encodeExtendedRequest,
  encodeRequest,
  encodeSimpleReply,
  newExtendedReplyHeader,
  newExtendedRequestHeader,
  newReplyHeader,
  newRequestHeader,
  ReadCoverage,
} from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';

const COUNT = 100_000;
const view = new DataView(new ArrayBuffer(4096));
const header = newRequestHeader();
const reply = newReplyHeader();
const extended = newExtendedRequestHeader();
const extendedReply = newExtendedReplyHeader();
const coverage = new ReadCoverage();
let extents = 0;
const sink = {
  addExtent: (high: number): void => {
    if (high > 0) extents = (extents + 1) & 0xffff;
  },
};

// `run` returns small integers: a number over 2^31 that leaves a function is boxed, by the caller's doing.

/** Bytes of heap per call in the calmest of some rounds: others run the compiler and the collector. */
function heapPerCall(run: (i: number) => number): number {
  let least = Number.POSITIVE_INFINITY;
  let sum = 0;
  for (let round = 0; round < 12; round++) {
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < COUNT; i++) sum += run(i);
    const growth = process.memoryUsage().heapUsed - before;
    // A collection hides what came before it.
    if (growth >= 0) least = Math.min(least, growth / COUNT);
  }
  expect(sum).not.toBe(0);
  return least;
}

test.each<[string, (i: number) => number]>([
  [
    'a request, there and back',
    (i) => {
      header.cookieHigh = 0x9000_0000 + (i & 0xff);
      header.cookieLow = i;
      header.offsetLow = 0xf000_0000 + i;
      header.length = 0xffff_f000;
      return encodeRequest(view, 0, header) + decodeRequest(view, 0, 28, header);
    },
  ],
  [
    'a simple reply, there and back',
    (i) => encodeSimpleReply(view, 0, 0, 0xf000_0000, i) + decodeReply(view, 0, 16, reply),
  ],
  [
    'a data chunk, there and back',
    (i) => {
      const end = encodeDataChunk(view, 0, true, 0xf000_0000, i, 0x8000_0000, 0xf000_0000, 0x1_0000);
      return end + decodeReply(view, 0, 28, reply);
    },
  ],
  [
    'an extended request, there and back',
    (i) => {
      extended.cookieHigh = 0x9000_0000 + (i & 0xff);
      extended.cookieLow = i;
      extended.offsetLow = 0xf000_0000 + i;
      extended.lengthHigh = 0xffff_f000;
      return encodeExtendedRequest(view, 0, extended) + decodeExtendedRequest(view, 0, 32, extended);
    },
  ],
  [
    'an extended data chunk, there and back',
    () => {
      const end = encodeExtendedDataChunk(view, 0, true, extended, 0x8000_0000, 0xf000_0000, 0x1_0000);
      return end + decodeExtendedReply(view, 0, 40, extendedReply);
    },
  ],
  [
    'extents',
    (i) => {
      for (let at = 1024; at < 1088; at += 16) {
        view.setUint32(at, 0x9000_0000);
        view.setUint32(at + 8, 0xf000_0000 + (i & 0xff));
      }
      return decodeExtendedExtents(view, 1024, 1088, sink);
    },
  ],
  [
    'the coverage of a read in one chunk',
    () => {
      coverage.begin(0xffff_0000);
      coverage.add(0, 0xffff_0000);
      coverage.finish();
      return 1;
    },
  ],
])('%s', (_, run) => {
  // The smallest object has 16 bytes.
  expect(heapPerCall(run)).toBeLessThan(4);
});
