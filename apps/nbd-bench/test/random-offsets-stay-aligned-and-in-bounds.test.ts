import fc from 'fast-check';
import { expect, test } from 'vitest';
import { offsetsFor } from '../src/job/offsets.js';
import { jobPlan } from './support/job-plan.js';

const plans = fc.record({
  bs: fc.constantFrom(512, 4096, 1000, 2 ** 20),
  offset: fc.integer({ min: 0, max: 2 ** 40 }),
  // Past 2^32 a block takes two numbers.
  blocks: fc.oneof(
    fc.integer({ min: 1, max: 1000 }),
    fc.integer({ min: 2 ** 32 - 2, max: 2 ** 32 + 2 }),
    fc.integer({ min: 1, max: 2 ** 32 }),
  ),
  seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  index: fc.nat(255),
});

test('whatever the part of the export', () => {
  fc.assert(
    fc.property(plans, (fields) => {
      const offsets = offsetsFor(jobPlan(fields));
      const { bs, offset, blocks } = fields;
      for (let i = 0; i < 200; i++) {
        const at = offsets.next();
        expect((at - offset) % bs).toBe(0);
        expect(at).toBeGreaterThanOrEqual(offset);
        expect(at).toBeLessThanOrEqual(offset + (blocks - 1) * bs);
      }
    }),
  );
});

test('the greatest fraction is the last block, on either side of 2^32 blocks', () => {
  for (const blocks of [1, 3, 2 ** 32 - 1, 2 ** 32]) {
    expect(Math.floor(((2 ** 32 - 1) / 2 ** 32) * blocks)).toBe(blocks - 1);
  }
  for (const blocks of [2 ** 32 + 1, 2 ** 44 - 1, 2 ** 52 - 1, 2 ** 53 - 1]) {
    expect(Math.floor(((2 ** 52 - 1) / 2 ** 52) * blocks)).toBeLessThan(blocks);
  }
});

test('every block of a small part is visited', () => {
  const offsets = offsetsFor(jobPlan({ blocks: 64, bs: 1 }));
  const seen = new Set(Array.from({ length: 2000 }, () => offsets.next()));
  expect(seen.size).toBe(64);
});
