import { throwUncaught } from '@coaio/aio-context';

interface Waiter {
  readonly callback: () => void;
}

/** Those who wait on one signal, behind the one listener that they share. */
class AbortFanOut {
  readonly #waiters = new Set<Waiter>();
  readonly #signal: AbortSignal;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    signal.addEventListener('abort', this.#tell);
  }

  add(waiter: Waiter): void {
    this.#waiters.add(waiter);
  }

  remove(waiter: Waiter): void {
    // Without the listener Node may forget the signal: those of `AbortSignal.any` live on while they have one.
    if (this.#waiters.delete(waiter) && this.#waiters.size === 0) this.#detach();
  }

  readonly #tell = (): void => {
    this.#detach();
    for (const waiter of this.#waiters) {
      // Before the call, which may also take back others: those are not called any more.
      this.#waiters.delete(waiter);
      try {
        waiter.callback();
      } catch (error) {
        throwUncaught(error);
      }
    }
  };

  #detach(): void {
    this.#signal.removeEventListener('abort', this.#tell);
    if (fanOuts.get(this.#signal) === this) fanOuts.delete(this.#signal);
  }
}

const fanOuts = new WeakMap<AbortSignal, AbortFanOut>();

/**
 * Calls `callback` once when `signal` aborts; at once, before this returns, if it has. All who wait on one signal share
 * one listener, so that Node does not warn of many. What `callback` throws becomes the thread's uncaught exception, and
 * the others are called all the same, first come, first called.
 *
 * @returns what takes `callback` back; a no-op once it was called. Whoever waits must call it when the wait ends, or
 * the signal keeps what `callback` refers to.
 * @thread home
 */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
  if (signal.aborted) {
    callback();
    return () => {};
  }
  let fanOut = fanOuts.get(signal);
  if (fanOut === undefined) {
    fanOut = new AbortFanOut(signal);
    fanOuts.set(signal, fanOut);
  }
  const told = fanOut;
  const waiter = { callback };
  told.add(waiter);
  return () => told.remove(waiter);
}
