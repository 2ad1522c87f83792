/**
 * How far the jobs are, for the progress line.
 *
 * Word `index`: I/Os that job has completed. Written by: that job alone, a few times a second. Read by: the main
 * thread, likewise. A stale read costs: a figure on the terminal that is a fraction of a second old. Pairs with
 * nothing: no decision hangs on it, the results travel by message.
 */
export class SharedProgress {
  readonly words: BigInt64Array<SharedArrayBuffer>;

  /** @param words another thread's {@link words}. */
  constructor(words: BigInt64Array<SharedArrayBuffer>) {
    this.words = words;
  }

  static forJobs(count: number): SharedProgress {
    return new SharedProgress(
      new BigInt64Array(new SharedArrayBuffer(count * BigInt64Array.BYTES_PER_ELEMENT)),
    );
  }

  publish(index: number, ios: number): void {
    Atomics.store(this.words, index, BigInt(ios));
  }

  total(): number {
    let sum = 0n;
    for (let index = 0; index < this.words.length; index++) sum += Atomics.load(this.words, index);
    return Number(sum);
  }
}
