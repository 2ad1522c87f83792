/** @import { Case } from './group.mjs' */

/** So much of the time that a turn is to take is enough: what is shorter is mostly noise. */
const LONG_ENOUGH = 0.5;
const MAX_GROWTH = 10;

/** The turns of one case, each as long as it is asked to be, about. */
export class Turns {
  #operations;
  #fastestNs = Number.POSITIVE_INFINITY;

  /** @param {Case} one */
  constructor(one) {
    this.one = one;
    this.#operations = one.batch ?? 1;
  }

  /** Finds out how many operations make a turn. @param {number} turnMs */
  async warmUp(turnMs) {
    let before = 0;
    while (before < this.#operations) {
      before = this.#operations;
      const ns = await nsFor(this.one, before);
      if (ns >= turnMs * 1e6 * LONG_ENOUGH) break;
      this.#aim(turnMs, ns / before, before * MAX_GROWTH);
    }
  }

  /** @param {number} turnMs @returns {Promise<number>} nanoseconds for one operation */
  async take(turnMs) {
    const ns = (await nsFor(this.one, this.#operations)) / this.#operations;
    this.#aim(turnMs, ns);
    return ns;
  }

  /**
   * By the fastest so far: a thread that had to wait for its processor makes no turn shorter.
   *
   * @param {number} turnMs
   * @param {number} ns
   */
  #aim(turnMs, ns, most = Number.MAX_SAFE_INTEGER) {
    const { batch = 1 } = this.one;
    this.#fastestNs = Math.min(this.#fastestNs, ns);
    const operations = Math.min((turnMs * 1e6) / this.#fastestNs, most);
    this.#operations = Math.max(Math.round(operations / batch), 1) * batch;
  }
}

/**
 * @param {Case} one
 * @param {number} operations
 */
async function nsFor({ run }, operations) {
  const start = process.hrtime.bigint();
  const given = await run(operations);
  const ns = Number(process.hrtime.bigint() - start);
  // A clock that has not moved on meanwhile tells nothing.
  return Math.max(typeof given === 'number' ? given : ns, 1);
}
