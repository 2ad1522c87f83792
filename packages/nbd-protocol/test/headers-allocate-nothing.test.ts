import {
  decodeReply,
  decodeRequest,
  encodeDataChunk,
  encodeRequest,
  encodeSimpleReply,
  newReplyHeader,
  newRequestHeader,
  ReadCoverage,
} from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';

const COUNT = 100_000;
const view = new DataView(new ArrayBuffer(4096));
const header = newRequestHeader();
const reply = newReplyHeader();
const coverage = new ReadCoverage();

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
