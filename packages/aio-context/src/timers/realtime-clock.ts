import type { Alarm, Clock } from './clock.js';

const NS_PER_MS = 1e6;
/** The longest delay that setTimeout takes; a longer one would fire at once. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

class RealtimeAlarm implements Alarm {
  readonly #expired: () => void;
  #timeout: NodeJS.Timeout | null = null;
  #deadlineNs = 0;

  constructor(expired: () => void) {
    this.#expired = expired;
  }

  set(deadlineNs: number): void {
    this.#deadlineNs = deadlineNs;
    if (this.#timeout !== null) clearTimeout(this.#timeout);
    const delayMs = Math.ceil((deadlineNs - realtimeClock.nowNs()) / NS_PER_MS);
    this.#timeout = setTimeout(() => this.#ring(), Math.min(Math.max(delayMs, 1), MAX_TIMEOUT_MS));
  }

  clear(): void {
    if (this.#timeout !== null) clearTimeout(this.#timeout);
    this.#timeout = null;
  }

  #ring(): void {
    this.#timeout = null;
    // setTimeout counts from the loop's cached time and may be up to a millisecond early.
    if (realtimeClock.nowNs() < this.#deadlineNs) this.set(this.#deadlineNs);
    else this.#expired();
  }
}

/** Monotonic time of this process, with the event loop's resolution of 1 ms (`QEMU_CLOCK_REALTIME`). */
export const realtimeClock: Clock = {
  nowNs: () => performance.now() * NS_PER_MS,
  createAlarm: (expired) => new RealtimeAlarm(expired),
};
