import { onAbort } from '@coaio/coroutine';

/** Waits for `promise`. @throws the signal's reason, if it aborts before. */
export async function orAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return await promise;
  let takeBack = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    takeBack = onAbort(signal, () => reject(signal.reason));
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    takeBack();
  }
}
