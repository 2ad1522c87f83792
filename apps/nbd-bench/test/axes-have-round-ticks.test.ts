import fc from 'fast-check';
import { expect, test } from 'vitest';
import { roundValues } from '../src/output/report/ticks.js';

test.each([
  [0.45, 2.68, [0.5, 1, 2]],
  [1, 2, [1, 2]],
  [96, 12_500, [100, 200, 500, 1000, 2000, 5000, 10_000]],
  // Of many decades only the powers of ten have room.
  [0.9, 30_000, [1, 10, 100, 1000, 10_000]],
  [0.001, 1000, [0.001, 0.01, 0.1, 1, 10, 100, 1000]],
])('from %s to %s', (least, most, ticks) => {
  expect(roundValues(least, most, 4)).toEqual(ticks);
});

const positive = fc.double({ min: 1e-3, max: 1e9, noNaN: true });

test('ticks are on the axis, few and in order', () => {
  fc.assert(
    fc.property(positive, positive, (a, b) => {
      const [least, most] = [Math.min(a, b), Math.max(a, b)];
      const ticks = roundValues(least, most, 4);
      expect(ticks.length).toBeLessThanOrEqual(13);
      if (most / least >= 10) expect(ticks.length).toBeGreaterThanOrEqual(1);
      expect(ticks).toEqual([...ticks].sort((x, y) => x - y));
      for (const tick of ticks) {
        expect(tick).toBeGreaterThanOrEqual(least);
        expect(tick).toBeLessThanOrEqual(most);
      }
    }),
  );
});
