import type { JobPlan } from './job-plan.js';
import { SplitMix32 } from './splitmix32.js';

/** Where each I/O of a job goes. */
export interface Offsets {
  next(): number;
}

export function offsetsFor(plan: JobPlan): Offsets {
  return plan.random ? new RandomOffsets(plan) : new SequentialOffsets(plan);
}

/** Block after block, from the first on again after the last. One cursor for all that is in flight. */
class SequentialOffsets implements Offsets {
  readonly #plan: JobPlan;
  #block: number;

  constructor(plan: JobPlan) {
    this.#plan = plan;
    this.#block = plan.firstBlock;
  }

  next(): number {
    const { offset, bs, blocks } = this.#plan;
    const block = this.#block;
    this.#block = block + 1 === blocks ? 0 : block + 1;
    return offset + block * bs;
  }
}

/** Any block, each as likely, the same again for the same seed. */
class RandomOffsets implements Offsets {
  readonly #offset: number;
  readonly #bs: number;
  readonly #blocks: number;
  readonly #random: SplitMix32;

  constructor({ offset, bs, blocks, seed, index }: JobPlan) {
    this.#offset = offset;
    this.#bs = bs;
    this.#blocks = blocks;
    // All seeds lie on one orbit: the mixed seed puts the jobs far apart on it.
    this.#random = new SplitMix32(new SplitMix32(seed ^ Math.imul(index, 0x85ebca6b)).next());
  }

  next(): number {
    return this.#offset + this.#nextBlock() * this.#bs;
  }

  #nextBlock(): number {
    const blocks = this.#blocks;
    const low = this.#random.next();
    // Both fractions are below 1 by more than the product can be rounded up: the last block is the end.
    if (blocks <= 2 ** 32) return Math.floor((low / 2 ** 32) * blocks);
    const high = this.#random.next() >>> 12;
    return Math.floor(((high * 2 ** 32 + low) / 2 ** 52) * blocks);
  }
}
