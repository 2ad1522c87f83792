/** Buckets per power of two: a percentile is at most 1/16 too high. */
const STEPS = 16;
const OCTAVES = 40;
const NS_PER_US = 1000;

/** Microseconds. */
export interface Latency {
  mean: number;
  p50: number;
  p99: number;
  p999: number;
  max: number;
}

/** How long requests took, from 1 ns to 18 minutes, in memory of fixed size. */
export class LatencyHistogram {
  readonly #buckets = new Float64Array(STEPS * OCTAVES);
  #count = 0;
  #sumNs = 0;
  #maxNs = 0;

  record(ns: number): void {
    this.#count++;
    this.#sumNs += ns;
    if (ns > this.#maxNs) this.#maxNs = ns;
    const bucket = bucketOf(ns);
    this.#buckets[bucket] = (this.#buckets[bucket] as number) + 1;
  }

  /** All zero before the first request. */
  summary(): Latency {
    return {
      mean: this.#count === 0 ? 0 : this.#sumNs / this.#count / NS_PER_US,
      p50: this.#percentile(0.5),
      p99: this.#percentile(0.99),
      p999: this.#percentile(0.999),
      max: this.#maxNs / NS_PER_US,
    };
  }

  #percentile(share: number): number {
    let left = this.#count * share;
    if (left === 0) return 0;
    for (let bucket = 0; bucket < this.#buckets.length; bucket++) {
      left -= this.#buckets[bucket] as number;
      if (left <= 0) return Math.min(upperBound(bucket), this.#maxNs) / NS_PER_US;
    }
    return this.#maxNs / NS_PER_US;
  }
}

function bucketOf(ns: number): number {
  if (ns < STEPS) return Math.max(0, Math.floor(ns));
  // In whole numbers of 32 bits: a logarithm for each request took 4 % of its time.
  const high = ns < 2 ** 32 ? 0 : 32 - Math.clz32(ns / 2 ** 32);
  const low = high === 0 ? ns >>> 0 : Math.floor(ns / 2 ** high);
  const octave = 31 - Math.clz32(low);
  const step = (low >>> (octave - 4)) & (STEPS - 1);
  return Math.min((high + octave - 3) * STEPS + step, STEPS * OCTAVES - 1);
}

function upperBound(bucket: number): number {
  if (bucket < STEPS) return bucket + 1;
  const octave = Math.floor(bucket / STEPS) + 3;
  return 2 ** octave * (1 + ((bucket % STEPS) + 1) / STEPS);
}
