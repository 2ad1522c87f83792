import { LatencyHistogram } from './latency-histogram.js';

/** As the histogram has them: one each below 2048 ns, then 1024 for each power of two. */
const HALF = 1024;
const HALF_BITS = 10;
/** What takes longer is for the histogram, which takes its time with each. */
const FAST_MAX_NS = 2 ** 31;
const FAST_BUCKETS = 22 * HALF;
const NS_PER_MS = 1e6;

/** Counts latencies for a {@link LatencyHistogram}, whose own recording cost 2 % of a request of 4 KiB. */
export class LatencyCounts {
  readonly #counts = new Float64Array(FAST_BUCKETS);
  readonly #slow = new LatencyHistogram();

  record(ms: number): void {
    const ns = Math.round(ms * NS_PER_MS);
    if (ns >= FAST_MAX_NS) {
      this.#slow.record(ns, 1);
      return;
    }
    const shift = Math.max(0, 31 - Math.clz32(ns) - HALF_BITS);
    const bucket = shift * HALF + (ns >>> shift);
    this.#counts[bucket] = (this.#counts[bucket] as number) + 1;
  }

  /** What was recorded so far. */
  histogram(): LatencyHistogram {
    const histogram = new LatencyHistogram();
    histogram.add(this.#slow);
    for (const [bucket, count] of this.#counts.entries()) {
      if (count === 0) continue;
      const shift = Math.max(0, Math.floor(bucket / HALF) - 1);
      histogram.record((bucket - shift * HALF) * 2 ** shift, count);
    }
    return histogram;
  }
}
