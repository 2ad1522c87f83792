import type { Alarm, Clock } from './clock.js';

const NS_PER_MS = 1e6;

/** An alarm of a clock that passes by itself, on `setTimeout`. */
export class TimeoutAlarm implements Alarm {
  readonly #clock: Clock;
  readonly #longestMs: number;
  readonly #expired: () => void;
  #timeout: NodeJS.Timeout | null = null;
  #deadlineNs = 0;

  /** @param longestMs after which it looks at the clock again. */
  constructor(clock: Clock, longestMs: number, expired: () => void) {
    this.#clock = clock;
    this.#longestMs = longestMs;
    this.#expired = expired;
  }

  set(deadlineNs: number): void {
    this.#deadlineNs = deadlineNs;
    if (this.#timeout !== null) clearTimeout(this.#timeout);
    const delayMs = Math.ceil((deadlineNs - this.#clock.nowNs()) / NS_PER_MS);
    this.#timeout = setTimeout(() => this.#ring(), Math.min(Math.max(delayMs, 1), this.#longestMs));
  }

  clear(): void {
    if (this.#timeout !== null) clearTimeout(this.#timeout);
    this.#timeout = null;
  }

  #ring(): void {
    this.#timeout = null;
    // setTimeout counts from the loop's cached time and may be up to a millisecond early.
    if (this.#clock.nowNs() < this.#deadlineNs) this.set(this.#deadlineNs);
    else this.#expired();
  }
}
