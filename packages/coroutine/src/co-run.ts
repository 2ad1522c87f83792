import { type AioContext, getCurrentAioContext } from '@coaio/aio-context';
import { aioCoEnter } from './aio-co.js';
import type { Co } from './co.js';
import { Coroutine } from './coroutine.js';
import { CoroutineError } from './coroutine-error.js';

class PromisedCoroutine<T> extends Coroutine<T> {
  readonly #resolve: (value: T) => void;
  readonly #reject: (reason: unknown) => void;

  constructor(
    entry: () => Co<T>,
    name: string | undefined,
    resolve: (value: T) => void,
    reject: (reason: unknown) => void,
  ) {
    super(entry, name);
    this.#resolve = resolve;
    this.#reject = reject;
  }

  protected override ended(value: T): void {
    this.#resolve(value);
  }

  protected override failed(error: unknown): void {
    this.#reject(error);
  }
}

export interface CoRunOptions {
  /** Where it runs; default: the current context. */
  context?: AioContext;
  /** Shown in errors. */
  name?: string;
}

/**
 * Runs `entry` as a coroutine and gives its result as a promise. It starts before this returns, unless the caller
 * runs in a coroutine (then: when that one yields) or in another context (then: at that one's next poll).
 *
 * It takes no `AbortSignal`: the promise would end while the coroutine still runs. Give the signal to the waits inside.
 *
 * @throws nothing: also that it cannot start rejects the promise (CoroutineError `COROUTINE_NO_CONTEXT`).
 */
export function coRun<T>(entry: () => Co<T>, options: CoRunOptions = {}): Promise<T> {
  return new Promise((resolve, reject) => {
    const context = options.context ?? getCurrentAioContext();
    if (context === undefined) {
      throw new CoroutineError(
        'COROUTINE_NO_CONTEXT',
        'coRun: this thread has no current context, give one in options.context',
      );
    }
    aioCoEnter(context, new PromisedCoroutine(entry, options.name, resolve, reject));
  });
}
