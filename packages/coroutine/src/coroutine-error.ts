import { captureChain } from './coroutine-stack.js';

export type CoroutineErrorCode =
  | 'COROUTINE_OUTSIDE'
  | 'COROUTINE_REENTERED'
  | 'COROUTINE_ALREADY_SCHEDULED'
  | 'COROUTINE_ENDED'
  | 'COROUTINE_LOCK_HELD'
  | 'COROUTINE_BAD_YIELD'
  | 'COROUTINE_BAD_ENTRY'
  | 'COROUTINE_NOT_ATTACHED'
  | 'COROUTINE_NO_CONTEXT'
  | 'COROUTINE_OTHER_THREAD'
  | 'COROUTINE_THREAD_GONE'
  | 'COROUTINE_NO_LOCKABLE'
  | 'COROUTINE_SLEEP_BUSY'
  | 'COROUTINE_SLEEP_TIME'
  | 'COROUTINE_TIMEOUT'
  | 'COROUTINE_RESOURCE_AMOUNT'
  | 'COROUTINE_RESOURCE_TOO_LARGE'
  | 'COROUTINE_RESOURCE_NOT_TAKEN';

/** What this package throws. `code` is stable; where QEMU aborts, this says which coroutine and who called. */
export class CoroutineError extends Error {
  override readonly name = 'CoroutineError';
  readonly code: CoroutineErrorCode;

  constructor(code: CoroutineErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    captureChain(this, new.target as unknown as () => unknown);
  }
}

export function badEntry(name: string): CoroutineError {
  return new CoroutineError(
    'COROUTINE_BAD_ENTRY',
    `enter: the entry of "${name}" must be a generator function, function* and not async`,
  );
}

export function badYield(name: string): CoroutineError {
  return new CoroutineError(
    'COROUTINE_BAD_YIELD',
    `yield: "${name}" yielded a value, call coroutine functions with yield*`,
  );
}
