import { deadlockReport, formatDeadlockReport } from '@coaio/co-mutex';

/** A wait that should take milliseconds has hung after this: it fails then with a report of who waits for what in all threads. */
const PATIENCE_MS = 20_000;

export async function nobodyHangs<T>(work: Promise<T>, what = 'work', patienceMs = PATIENCE_MS): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const watchdog = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`${what} hangs:\n${formatDeadlockReport(deadlockReport())}`)),
      patienceMs,
    );
  });
  try {
    return await Promise.race([work, watchdog]);
  } finally {
    clearTimeout(timer);
  }
}
