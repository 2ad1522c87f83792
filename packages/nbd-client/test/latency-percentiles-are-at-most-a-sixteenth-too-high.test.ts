import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LatencyHistogram } from '../src/latency-histogram.js';

const NS_PER_US = 1000;
/** What it can tell apart: about 18 minutes. */
const LONGEST_NS = 2 ** 40;

test('whatever the latency, up to 18 minutes', () => {
  const octave = fc.integer({ min: 4, max: 39 });
  const part = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  fc.assert(
    fc.property(octave, part, (exponent, fraction) => {
      const ns = 2 ** exponent * (1 + fraction);
      const histogram = new LatencyHistogram();
      histogram.record(ns);
      // The slowest of all: the percentile is not cut to it.
      histogram.record(LONGEST_NS);
      const { p50 } = histogram.summary();
      expect(p50).toBeGreaterThanOrEqual(ns / NS_PER_US);
      expect(p50).toBeLessThanOrEqual((ns / NS_PER_US) * (1 + 1 / 16) * (1 + 1e-9));
    }),
  );
});

test('it is none more than the longest', () => {
  const histogram = new LatencyHistogram();
  for (const ns of [5, 2 ** 31, 2 ** 33 + 1]) histogram.record(ns);
  expect(histogram.summary()).toMatchObject({
    p999: (2 ** 33 + 1) / NS_PER_US,
    max: (2 ** 33 + 1) / NS_PER_US,
  });
});
