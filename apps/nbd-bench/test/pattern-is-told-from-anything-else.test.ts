import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fillPattern, PatternCheck } from '../src/job/verify-pattern.js';

const offsets = fc.nat({ max: 2 ** 40 }).map((word) => word * 4);

test('each byte is the same whatever block it was written with', () => {
  fc.assert(
    fc.property(offsets, fc.nat(), fc.integer({ min: 0, max: 15 }), (offset, seed, words) => {
      const whole = Buffer.alloc(128);
      fillPattern(whole, offset, seed);
      const part = Buffer.alloc(64);
      fillPattern(part, offset + words * 4, seed);
      expect(part).toEqual(whole.subarray(words * 4, words * 4 + 64));
    }),
  );
});

test('another place, another seed and a changed byte are found', () => {
  const block = Buffer.alloc(4096);
  fillPattern(block, 8192, 1);
  expect(new PatternCheck(4096, 1).complaint(block, 8192)).toBeNull();
  expect(new PatternCheck(4096, 1).complaint(block, 4096)).toMatch(/^verify: byte 4096 is 0x/);
  expect(new PatternCheck(4096, 1).complaint(block, 8192 + 2 ** 34)).toMatch(/^verify: byte/);
  expect(new PatternCheck(4096, 2).complaint(block, 8192)).toMatch(/^verify: byte/);
  const byte = block[100] ?? 0;
  block[100] = byte ^ 1;
  const hex = (value: number): string => `0x${value.toString(16).padStart(2, '0')}`;
  expect(new PatternCheck(4096, 1).complaint(block, 8192)).toBe(
    `verify: byte 8292 is ${hex(byte ^ 1)}, ${hex(byte)} was written`,
  );
});
