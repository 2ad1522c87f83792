import { type Clock, realtimeClock, throwUncaught } from '@coaio/aio-context';
import { aioCoEnter } from './aio-co.js';
import type { Co } from './co.js';
import { CoSleep } from './co-sleep.js';
import { Coroutine } from './coroutine.js';
import { CoroutineError } from './coroutine-error.js';
import { withCoroutineStack } from './coroutine-stack.js';
import { callerOf } from './current-coroutine.js';

export interface CoTimeoutOptions<T> {
  /**
   * Called when the entry ends after its time was up, or after the signal aborted, with how it ended. It owns what the
   * entry returned or threw then. What it throws itself becomes the thread's uncaught exception.
   */
  clean?: ((end: PromiseSettledResult<T>) => void) | undefined;
  /** Which clock's nanoseconds; default: real time. */
  clock?: Clock | undefined;
  /** Ends the wait when it aborts: `signal.reason` is thrown. Like a timeout, it does not cancel the entry. */
  signal?: AbortSignal | undefined;
}

class TimedCoroutine<T> extends Coroutine<T> {
  readonly #settled: (end: PromiseSettledResult<T>) => void;

  constructor(entry: () => Co<T>, name: string, settled: (end: PromiseSettledResult<T>) => void) {
    super(entry, name);
    this.#settled = settled;
  }

  protected override ended(value: T): void {
    this.#settled({ status: 'fulfilled', value });
  }

  protected override failed(reason: unknown): void {
    this.#settled({ status: 'rejected', reason });
  }
}

/**
 * Runs `entry` in a coroutine of its own and returns what it returns, or throws what it throws, if it ends within `ns`
 * nanoseconds (`qemu_co_timeout`). It starts when the caller yields to wait for it, in the caller's context.
 *
 * After a timeout the entry is not cancelled: it goes on, and `clean` is called when it ends. Without `clean`, what it
 * then returns is dropped and what it throws becomes the thread's uncaught exception. `ns` 0 = no limit.
 *
 * @throws what the entry throws; the signal's reason; CoroutineError `COROUTINE_TIMEOUT`; `COROUTINE_SLEEP_TIME`:
 * `ns` is negative or not finite; `COROUTINE_OUTSIDE`.
 * @thread home
 */
export function* coTimeout<T>(entry: () => Co<T>, ns: number, options: CoTimeoutOptions<T> = {}): Co<T> {
  const self = callerOf('coTimeout');
  const { clean, clock = realtimeClock, signal } = options;
  if (!(ns >= 0 && Number.isFinite(ns))) {
    throw new CoroutineError(
      'COROUTINE_SLEEP_TIME',
      `coTimeout: ${ns} is not a number of nanoseconds from 0 on`,
    );
  }
  if (signal?.aborted) throw withCoroutineStack(signal.reason, self.name, coTimeout);
  const sleep = new CoSleep('coTimeout');
  let end: PromiseSettledResult<T> | null = null;
  let waits = true;
  const settled = (how: PromiseSettledResult<T>): void => {
    end = how;
    if (waits) sleep.wake();
    else cleanUp(how, clean);
  };
  const ended = (): PromiseSettledResult<T> | null => end;
  const timed = new TimedCoroutine(entry, entry.name || `coTimeout in "${self.name}"`, settled);
  if (self.context !== undefined) aioCoEnter(self.context, timed);
  try {
    yield* sleep.sleep(ns === 0 ? undefined : ns, clock, { signal });
  } catch (error) {
    // Aborted; but it may have ended since.
    if (ended() === null) throw error;
  } finally {
    waits = false;
  }
  const how = ended();
  if (how === null) {
    throw new CoroutineError('COROUTINE_TIMEOUT', `coTimeout: "${timed.name}" has not ended within ${ns} ns`);
  }
  if (how.status === 'rejected') throw withCoroutineStack(how.reason, self.name, coTimeout);
  return how.value;
}

function cleanUp<T>(
  end: PromiseSettledResult<T>,
  clean: ((end: PromiseSettledResult<T>) => void) | undefined,
): void {
  try {
    if (clean !== undefined) clean(end);
    else if (end.status === 'rejected') throw end.reason;
  } catch (error) {
    throwUncaught(error);
  }
}
