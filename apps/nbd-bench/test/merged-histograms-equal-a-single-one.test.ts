import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LatencyCounts } from '../src/job/latency-counts.js';
import { LatencyHistogram } from '../src/job/latency-histogram.js';

/** Milliseconds: from nothing to beyond the hour that the range ends at. */
const latencies = fc.array(
  fc.oneof(fc.double({ min: 0, max: 10, noNaN: true }), fc.double({ min: 0, max: 1e7, noNaN: true })),
);

function recorded(values: readonly number[]): LatencyHistogram {
  const counts = new LatencyCounts();
  for (const value of values) counts.record(value);
  return counts.histogram();
}

function figures(histogram: LatencyHistogram) {
  const percentiles = [0, 50, 90, 99, 99.9, 100].map((percentile) => histogram.percentileUs(percentile));
  return { count: histogram.count, mean: histogram.meanUs(), percentiles };
}

test('also after the trip from thread to thread', () => {
  fc.assert(
    fc.property(fc.array(latencies, { minLength: 1, maxLength: 4 }), (jobs) => {
      const merged = new LatencyHistogram();
      for (const job of jobs) merged.add(LatencyHistogram.decode(recorded(job).encode()));
      const single = LatencyHistogram.decode(recorded(jobs.flat()).encode());
      expect(figures(merged)).toEqual(figures(single));
      expect(merged.maxUs()).toBe(single.maxUs());
    }),
  );
});

test('counted by ourselves they are what the histogram would have recorded', () => {
  fc.assert(
    fc.property(latencies, (values) => {
      const oracle = new LatencyHistogram();
      for (const ms of values) oracle.record(Math.round(ms * 1e6), 1);
      // A trip takes from the oracle what only it knows: an extreme more exact than the buckets.
      const counted = LatencyHistogram.decode(recorded(values).encode());
      const expected = LatencyHistogram.decode(oracle.encode());
      expect(figures(counted)).toEqual(figures(expected));
      expect([counted.minUs(), counted.maxUs()]).toEqual([expected.minUs(), expected.maxUs()]);
    }),
  );
});

test('figures are true to three significant digits', () => {
  const histogram = recorded(Array.from({ length: 1000 }, (_, index) => (index + 1) / 100));
  expect(histogram.count).toBe(1000);
  expect(histogram.percentileUs(50) / 5000).toBeCloseTo(1, 2);
  expect(histogram.percentileUs(99) / 9900).toBeCloseTo(1, 2);
  expect(histogram.meanUs() / 5005).toBeCloseTo(1, 2);
  expect(histogram.maxUs() / 10_000).toBeCloseTo(1, 2);
});
