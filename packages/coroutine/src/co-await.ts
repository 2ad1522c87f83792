import { throwUncaught } from '@coaio/aio-context';
import { aioCoKick } from './aio-co.js';
import type { Co } from './co.js';
import { coYield } from './co-yield.js';
import { withCoroutineStack } from './coroutine-stack.js';
import { callerOf } from './current-coroutine.js';
import { onAbort } from './on-abort.js';

export interface CoAwaitOptions {
  /**
   * Ends the wait when it aborts: `signal.reason` is thrown. The promise goes on, and how it ends, also a rejection, is
   * then nobody's affair.
   */
  signal?: AbortSignal | undefined;
}

type Outcome<T> = { value: T } | { reason: unknown };

/**
 * Waits for a promise inside a coroutine: returns its value, or throws its reason. To the stack of a reason, which knows
 * only where the promise failed, it adds where the coroutine waited.
 *
 * @throws the promise's reason, or that of `options.signal`; CoroutineError `COROUTINE_OUTSIDE`.
 * @thread home
 */
export function* coAwait<T>(promise: PromiseLike<T>, options?: CoAwaitOptions): Co<T> {
  const self = callerOf('coAwait');
  let outcome: Outcome<T> | null = null;
  const settle = (settled: Outcome<T>): void => {
    if (outcome !== null) return;
    outcome = settled;
    aioCoKick(self);
  };
  const settled = (): Outcome<T> | null => outcome;
  const signal = options?.signal;
  // Before the promise is looked at: what is aborted already does not wait for it.
  const takeBack = signal === undefined ? null : onAbort(signal, () => settle({ reason: signal.reason }));
  // A native promise calls back once and later, whatever the thenable does.
  Promise.resolve(promise).then(
    (value) => settleLater(settle, { value }),
    (reason: unknown) => settleLater(settle, { reason }),
  );
  let end = settled();
  try {
    while (end === null) {
      yield* coYield();
      end = settled();
    }
  } finally {
    takeBack?.();
  }
  if ('reason' in end) throw withCoroutineStack(end.reason, self.name, coAwait);
  return end.value;
}

function settleLater<T>(settle: (outcome: Outcome<T>) => void, outcome: Outcome<T>): void {
  try {
    settle(outcome);
  } catch (error) {
    // Here it would be an unhandled rejection, which may be handled differently.
    throwUncaught(error);
  }
}
