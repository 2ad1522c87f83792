import type { JobPlan } from './job-plan.js';
import { type Offsets, offsetsFor } from './offsets.js';
import { SplitMix32 } from './splitmix32.js';

/** What each I/O of a job is: the same for the same plan, so that what was written can be gone through once more. */
export class Work {
  readonly #offsets: Offsets;
  readonly #readPercent: number;
  readonly #random: SplitMix32;
  /** Of the last {@link next}. */
  isWrite: boolean;
  offset = 0;
  #count = 0;

  constructor(plan: JobPlan) {
    const { readPercent, seed, index } = plan;
    this.#offsets = offsetsFor(plan);
    this.#readPercent = readPercent;
    this.#random = new SplitMix32(new SplitMix32(seed ^ Math.imul(index + 1, 0xc2b2ae35)).next());
    this.isWrite = readPercent === 0;
  }

  /** How many there were. */
  get count(): number {
    return this.#count;
  }

  next(): void {
    this.#count++;
    this.offset = this.#offsets.next();
    if (this.#readPercent > 0 && this.#readPercent < 100)
      this.isWrite = (this.#random.next() / 2 ** 32) * 100 >= this.#readPercent;
  }
}
