import { expect, test } from 'vitest';
import { formatByteSize, parseByteSize } from '../src/cli/byte-size.js';

test.each([
  ['0', 0],
  ['512', 512],
  ['4k', 4096],
  ['4K', 4096],
  ['1m', 2 ** 20],
  ['1M', 2 ** 20],
  ['2G', 2 ** 31],
  ['3T', 3 * 2 ** 40],
  ['7p', 7 * 2 ** 50],
  ['9007199254740991', 2 ** 53 - 1],
])('%s', (text, size) => {
  expect(parseByteSize(text)).toBe(size);
});

test.each(['', 'k', '-1', '1.5k', '4 k', '4kB', '4KiB', '0x10', '1e3', '8p', '9007199254740992', '1x'])(
  'refused: "%s"',
  (text) => {
    expect(parseByteSize(text)).toBeUndefined();
  },
);

test.each([
  [0, '0 bytes'],
  [1000, '1000 bytes'],
  [4096, '4 KiB'],
  [1536, '1536 bytes'],
  [3 * 2 ** 19, '1536 KiB'],
  [2n ** 30n, '1 GiB'],
  [2n ** 60n, '1024 PiB'],
])('%s is shown as %s', (size, text) => {
  expect(formatByteSize(size)).toBe(text);
});
