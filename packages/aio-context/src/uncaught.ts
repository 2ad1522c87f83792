/**
 * Makes `error` the thread's uncaught exception, after the caller has finished: one failing callback must not
 * take with it the others of its poll.
 */
export function throwUncaught(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
