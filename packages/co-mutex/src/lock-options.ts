export interface LockOptions {
  /** What the lock is wanted for, shown in a `deadlockReport`. */
  purpose?: string | undefined;
  /**
   * Ends the wait: its reason is thrown, and the caller has not got the lock. Whoever was handed the lock before the
   * abort has it, and nothing is thrown.
   */
  signal?: AbortSignal | undefined;
}
