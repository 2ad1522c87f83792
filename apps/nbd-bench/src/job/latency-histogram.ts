import {
  build,
  decodeFromCompressedBase64,
  encodeIntoCompressedBase64,
  type Histogram,
} from 'hdr-histogram-js';

/** Bits of a count: 32 could wrap in a run of days. */
const BITS = 64;
const HOUR_NS = 3_600e9;

/** Latencies in nanoseconds, to three significant digits; what takes longer than an hour counts as an hour. */
export class LatencyHistogram {
  readonly #histogram: Histogram;

  constructor(
    histogram = build({
      bitBucketSize: BITS,
      // The range is fixed: two histograms of the same make can be added bucket by bucket.
      autoResize: false,
      lowestDiscernibleValue: 1,
      highestTrackableValue: HOUR_NS,
      numberOfSignificantValueDigits: 3,
    }),
  ) {
    this.#histogram = histogram;
  }

  /** Compact, for another thread. */
  static decode(encoded: string): LatencyHistogram {
    return new LatencyHistogram(decodeFromCompressedBase64(encoded, BITS));
  }

  encode(): string {
    return encodeIntoCompressedBase64(this.#histogram);
  }

  /** `count` times `ns`. */
  record(ns: number, count: number): void {
    this.#histogram.recordValueWithCount(Math.min(ns, HOUR_NS), count);
  }

  add(other: LatencyHistogram): void {
    this.#histogram.add(other.#histogram);
  }

  get count(): number {
    return this.#histogram.totalCount;
  }

  meanUs(): number {
    return this.#histogram.mean / 1e3;
  }

  stddevUs(): number {
    return this.#histogram.stdDeviation / 1e3;
  }

  percentileUs(percentile: number): number {
    return this.#histogram.getValueAtPercentile(percentile) / 1e3;
  }

  /** 0 without any. */
  minUs(): number {
    return this.count === 0 ? 0 : this.#histogram.minNonZeroValue / 1e3;
  }

  maxUs(): number {
    return this.#histogram.maxValue / 1e3;
  }
}
