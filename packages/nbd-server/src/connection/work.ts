import { type Co, coAwait } from '@coaio/coroutine';

/** Whether what a backend returned is still to be waited for. */
export function isPending<T>(work: T | PromiseLike<T> | Co<T>): work is PromiseLike<T> | Co<T> {
  if (typeof work !== 'object' || work === null) return false;
  return isFunction(work, 'then') || isFunction(work, 'next');
}

/** Waits for it. @throws what it fails with. */
export function* settled<T>(work: PromiseLike<T> | Co<T>): Co<T> {
  return yield* isFunction(work, 'then') ? coAwait(work as PromiseLike<T>) : (work as Co<T>);
}

/** It will not be waited for: how it ends is nobody's affair. */
export function forget(work: PromiseLike<unknown> | Co<unknown>): void {
  // A coroutine that was never entered has done nothing.
  if (isFunction(work, 'then')) (work as PromiseLike<unknown>).then(undefined, () => {});
}

function isFunction(value: object, name: string): boolean {
  return typeof (value as Record<string, unknown>)[name] === 'function';
}
