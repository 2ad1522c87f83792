/** Calls back once its deadline has passed. A clock makes one for each list of timers. */
export interface Alarm {
  /** Arms it for `deadlineNs`, in place of any earlier deadline. */
  set(deadlineNs: number): void;
  clear(): void;
}

/** A source of time for timers (`QEMUClockType`). */
export interface Clock {
  /** Whether its time passes while the thread is blocked: then a blocking poll waits no longer than for its next timer. */
  readonly passes: boolean;
  /** Nanoseconds since a start that the clock chooses. */
  nowNs(): number;
  createAlarm(expired: () => void): Alarm;
}
