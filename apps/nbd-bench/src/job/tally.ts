import type { Done } from './job-plan.js';
import { LatencyCounts } from './latency-counts.js';

/** The I/Os of one direction. */
export class Tally {
  readonly #latency = new LatencyCounts();
  #ios = 0;

  get ios(): number {
    return this.#ios;
  }

  add(ms: number): void {
    this.#ios++;
    this.#latency.record(ms);
  }

  result(): Done {
    return { ios: this.#ios, latency: this.#latency.histogram().encode() };
  }
}
