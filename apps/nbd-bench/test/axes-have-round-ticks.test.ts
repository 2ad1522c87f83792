import fc from 'fast-check';
import { expect, test } from 'vitest';
import { linearScale, logScale } from '../src/output/report/scale.js';

test.each([
  [1, [0, 0.2, 0.4, 0.6, 0.8, 1]],
  [7, [0, 1, 2, 3, 4, 5, 6, 7]],
  [99_820, [0, 20_000, 40_000, 60_000, 80_000, 100_000]],
  [250_000, [0, 50_000, 100_000, 150_000, 200_000, 250_000]],
  // Nothing succeeded.
  [0, [0, 0.2, 0.4, 0.6, 0.8, 1]],
])('from 0 to %s', (most, ticks) => {
  expect(linearScale(most, 100).ticks).toEqual(ticks);
});

test.each([
  [0.45, 2.68, [0.2, 0.5, 1, 2, 5]],
  [1, 2, [1, 2]],
  [3, 3, [2, 5]],
  [90, 30_000, [100, 1000, 10_000]],
  [0.001, 1000, [0.001, 0.01, 0.1, 1, 10, 100, 1000]],
])('logarithmic from %s to %s', (least, most, ticks) => {
  expect(logScale(least, most, 100, 12).ticks).toEqual(ticks);
});

const positive = fc.double({ min: 1e-3, max: 1e9, noNaN: true });

test('whatever is between the ends is on the axis, in order', () => {
  fc.assert(
    fc.property(positive, positive, positive, (a, b, c) => {
      const [least, middle, most] = [a, b, c].sort((x, y) => x - y) as [number, number, number];
      for (const scale of [linearScale(most, 300), logScale(least, most, 300, 30)]) {
        const [low, between, high] = [least, middle, most].map(scale.at) as [number, number, number];
        expect(low).toBeGreaterThanOrEqual(-1e-6);
        expect(between).toBeGreaterThanOrEqual(low);
        expect(high).toBeGreaterThanOrEqual(between);
        expect(high).toBeLessThanOrEqual(300 + 1e-6);
      }
    }),
  );
});

test('ticks are on the axis, few and in order', () => {
  fc.assert(
    fc.property(positive, positive, (a, b) => {
      const [least, most] = [Math.min(a, b), Math.max(a, b)];
      for (const { at, ticks } of [linearScale(most, 300), logScale(least, most, 300, 30)]) {
        expect(ticks.length).toBeGreaterThanOrEqual(2);
        expect(ticks.length).toBeLessThanOrEqual(14);
        const places = ticks.map(at);
        expect(places).toEqual([...places].sort((x, y) => x - y));
        expect(places[0]).toBeGreaterThanOrEqual(-1e-6);
        expect(places.at(-1)).toBeLessThanOrEqual(300 + 1e-6);
      }
    }),
  );
});
