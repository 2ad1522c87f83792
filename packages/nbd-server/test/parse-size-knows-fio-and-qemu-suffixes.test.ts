import { expect, test } from 'vitest';
import { parseSize } from '../src/nbd-serve/parse-size.js';

test.each([
  ['0', 0],
  ['4096', 4096],
  ['4096B', 4096],
  ['512k', 512 * 1024],
  ['512K', 512 * 1024],
  ['64M', 64 * 2 ** 20],
  ['1g', 2 ** 30],
  ['2T', 2 ** 41],
  ['1P', 2 ** 50],
])('%s', (text, size) => {
  expect(parseSize(text)).toBe(size);
});

test.each(['', 'M', '-1', '1.5G', '1GiB', '1 G', '0x10', '1e3', '8E', '99999999999999999999', 'NaN'])(
  'not %o',
  (text) => {
    expect(parseSize(text)).toBeUndefined();
  },
);
