/** Microseconds. */
export type CpuUsage = NodeJS.CpuUsage;

/** CPU time of this process, all its threads, from a moment to {@link end}. */
export class CpuTime {
  #from: NodeJS.CpuUsage | undefined;
  #used: CpuUsage = { user: 0, system: 0 };
  readonly #ramp: NodeJS.Timeout | undefined;

  /** @param rampTime seconds from now that do not count */
  constructor(rampTime: number) {
    if (rampTime === 0) this.#from = process.cpuUsage();
    else this.#ramp = setTimeout(() => (this.#from = process.cpuUsage()), rampTime * 1000);
  }

  end(): void {
    clearTimeout(this.#ramp);
    if (this.#from === undefined) return;
    this.#used = process.cpuUsage(this.#from);
  }

  /** None when it ended in the ramp. */
  get used(): CpuUsage {
    return this.#used;
  }
}
