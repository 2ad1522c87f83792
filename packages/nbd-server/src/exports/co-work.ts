import { type Co, coAwait } from '@coaio/coroutine';
import type { NbdWork } from './nbd-backend.js';

/** Waits inside a coroutine for what a backend's function has returned, whichever kind it is. @throws what it throws. */
export function* coWork<T>(work: NbdWork<T>): Co<T> {
  if (isPromise(work)) return yield* coAwait(work);
  return isCo(work) ? yield* work : work;
}

/** Whether the work is done: its result is there, and nothing has to be waited for. */
export function isDone<T>(work: NbdWork<T>): work is T {
  return !isPromise(work) && !isCo(work);
}

function isPromise<T>(work: NbdWork<T>): work is PromiseLike<T> {
  return typeof (work as { then?: unknown } | undefined)?.then === 'function';
}

/** An array is iterable too, but only a generator has a `next`. */
function isCo<T>(work: NbdWork<T>): work is Co<T> {
  return typeof (work as { next?: unknown } | undefined)?.next === 'function';
}
