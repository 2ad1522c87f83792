import { throwUncaught } from '@coaio/aio-context';
import { aioCoKick } from './aio-co.js';
import type { Co } from './co.js';
import { coYield } from './co-yield.js';
import { coSelf } from './current-coroutine.js';

/** Waits for a promise inside a coroutine: returns its value, or throws its reason. */
export function* coAwait<T>(promise: PromiseLike<T>): Co<T> {
  const self = coSelf();
  let outcome: { value: T } | { reason: unknown } | null = null;
  const settle = (settled: { value: T } | { reason: unknown }): void => {
    outcome = settled;
    try {
      aioCoKick(self);
    } catch (error) {
      // Here it would be an unhandled rejection, which may be handled differently.
      throwUncaught(error);
    }
  };
  // A native promise calls back once and later, whatever the thenable does.
  Promise.resolve(promise).then(
    (value) => settle({ value }),
    (reason: unknown) => settle({ reason }),
  );
  const settled = (): { value: T } | { reason: unknown } | null => outcome;
  let end = settled();
  while (end === null) {
    yield* coYield();
    end = settled();
  }
  if ('reason' in end) throw end.reason;
  return end.value;
}
