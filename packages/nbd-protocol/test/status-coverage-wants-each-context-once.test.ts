import { StatusCoverage } from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { thrown } from './support/decode-three-ways.js';

const CONTEXTS = [0, 0xffffffff];

/** A reply: for each chunk its context and the lengths of its extents. */
function cover(
  chunks: readonly (readonly [number, ...number[]])[],
  length = 4096,
  one = false,
): StatusCoverage {
  const coverage = new StatusCoverage();
  coverage.begin(CONTEXTS, length, one);
  for (const [context, ...extents] of chunks) {
    coverage.beginChunk(context);
    for (const extent of extents) coverage.addExtent(Math.floor(extent / 2 ** 32), extent >>> 0);
  }
  return coverage;
}

test.each<[string, readonly (readonly [number, ...number[]])[]]>([
  [
    'one extent each, in any order',
    [
      [0xffffffff, 4096],
      [0, 4096],
    ],
  ],
  [
    'less than was asked',
    [
      [0, 512],
      [0xffffffff, 1],
    ],
  ],
  [
    'the last extent reaches past the request',
    [
      [0, 4095, 2 ** 52],
      [0xffffffff, 4096],
    ],
  ],
])('legal: %s', (_, chunks) => {
  cover(chunks).finish();
});

test.each<[string, readonly (readonly [number, ...number[]])[], string]>([
  [
    'a context twice',
    [
      [0, 4096],
      [0, 4096],
    ],
    'a second chunk for metadata context 0x00000000',
  ],
  ['a context nobody asked for', [[1, 4096]], 'metadata context 0x00000001 was not asked for'],
  ['an extent past the request', [[0, 4096, 1]], 'extent at 4096 lies past the request of 4096 bytes'],
  ['one past a long one', [[0, 2 ** 40, 1]], 'extent at 1099511627776 lies past the request'],
])('refused: %s', (_, chunks, message) => {
  expect(thrown(() => cover(chunks))).toMatchObject({
    code: 'NBD_BAD_REPLY',
    operation: 'NBD_CMD_BLOCK_STATUS',
    message: expect.stringContaining(message),
  });
});

test('a reply that ends without a context is refused, unless it failed', () => {
  const coverage = cover([[0, 4096]]);
  expect(thrown(() => coverage.finish())).toMatchObject({
    message: 'NBD_CMD_BLOCK_STATUS: reply ended without metadata context 0xffffffff',
  });
  coverage.addError();
  coverage.finish();
});

test('NBD_REPLY_TYPE_NONE alone is no answer', () => {
  expect(thrown(() => cover([]).finish())).toMatchObject({ code: 'NBD_BAD_REPLY' });
});

test.each<[string, readonly number[], string]>([
  ['two extents', [512, 512], 'a second extent for a request of 4096 bytes'],
  ['one past the request', [4097], 'an extent of 4097 bytes for a request of 4096 bytes'],
])('NBD_CMD_FLAG_REQ_ONE refuses %s', (_, extents, message) => {
  expect(thrown(() => cover([[0, ...extents]], 4096, true))).toMatchObject({
    message: expect.stringContaining(message),
  });
});

test('NBD_CMD_FLAG_REQ_ONE takes one extent of each', () => {
  cover(
    [
      [0, 4096],
      [0xffffffff, 1],
    ],
    4096,
    true,
  ).finish();
});

test('begin starts anew', () => {
  const coverage = cover([[0, 4096]]);
  coverage.addError();
  coverage.begin([7], 512, false);
  expect(thrown(() => coverage.finish())).toMatchObject({ code: 'NBD_BAD_REPLY' });
  coverage.beginChunk(7);
  coverage.addExtent(0, 512);
  coverage.finish();
});
