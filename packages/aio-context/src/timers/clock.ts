/** Calls back once its deadline has passed. A clock makes one for each list of timers. */
export interface Alarm {
  /** Arms it for `deadlineNs`, in place of any earlier deadline. */
  set(deadlineNs: number): void;
  clear(): void;
}

/** A source of time for timers (`QEMUClockType`). */
export interface Clock {
  /** Nanoseconds since a start that the clock chooses; never goes back. */
  nowNs(): number;
  createAlarm(expired: () => void): Alarm;
}
