import { type AioContext, type Clock, throwUncaught } from '@coaio/aio-context';
import { startTimer } from '../start-timer.js';

/** What came of the attempts. */
export type Outcome<T> = { result: T } | { error: unknown };

export interface ConnectAttemptsParts<T> {
  readonly attempt: (signal: AbortSignal) => Promise<T>;
  readonly context: AioContext;
  readonly clock: Clock;
  /** Aborted: nobody wants the result any more. */
  readonly signal: AbortSignal;
  /** Asked after each failure. */
  readonly retry: () => boolean;
  /** Told of each failure. */
  readonly failed: (error: unknown) => void;
}

const MS_PER_S = 1000;
const MAX_DELAY_S = 16;

/** QEMU's `connect_thread_func`: one attempt, or with retry one after another until one succeeds, 1, 2, 4, 8, then 16 s apart. */
export async function connectAttempts<T>(parts: ConnectAttemptsParts<T>): Promise<Outcome<T>> {
  const { signal, retry, failed } = parts;
  for (let delayS = 1; ; delayS = Math.min(2 * delayS, MAX_DELAY_S)) {
    try {
      return { result: await attemptOnItsOwn(parts) };
    } catch (error) {
      if (signal.aborted) return { error };
      try {
        failed(error);
      } catch (thrown) {
        throwUncaught(thrown);
      }
      // Who was told may have released it.
      if (signal.aborted || !retry()) return { error };
    }
    await passes(delayS * MS_PER_S, parts);
  }
}

/** In the context, and in no coroutine: whoever wants the result may be running. */
function attemptOnItsOwn<T>({ attempt, context, signal }: ConnectAttemptsParts<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    context.scheduleOneshot(() => {
      try {
        signal.throwIfAborted();
        resolve(attempt(signal));
      } catch (error) {
        reject(error);
      }
    }, 'connect');
  });
}

/** @throws AioContextError `AIO_CONTEXT_CLOSED`: there is nobody to try again. */
function passes<T>(ms: number, { context, clock, signal }: ConnectAttemptsParts<T>): Promise<void> {
  return new Promise((resolve) => {
    const over = (): void => {
      timer?.del();
      signal.removeEventListener('abort', over);
      resolve();
    };
    const timer = startTimer(context, clock, ms, over);
    signal.addEventListener('abort', over);
  });
}
