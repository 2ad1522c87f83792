import { expect, test } from 'vitest';
import { parseQemuImgSeconds } from '../src/compare/qemu-img.js';

const SENDING =
  'Sending 20000 read requests, 4096 bytes each, 64 in parallel (starting at offset 0, step size 4096)\n';

test.each([
  ['Run completed in 0.325 seconds.\n', 0.325],
  ['Run completed in 61.000 seconds.\n', 61],
  // Milliseconds are all it prints.
  ['Run completed in 0.000 seconds.\n', 0.0005],
])('%j', (line, seconds) => {
  expect(parseQemuImgSeconds(SENDING + line)).toBe(seconds);
});

test('anything else is an error', () => {
  expect(() => parseQemuImgSeconds(SENDING)).toThrow('qemu-img bench did not say how long it took');
});
