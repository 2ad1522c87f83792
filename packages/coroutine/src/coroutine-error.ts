export type CoroutineErrorCode =
  | 'COROUTINE_OUTSIDE'
  | 'COROUTINE_REENTERED'
  | 'COROUTINE_ALREADY_SCHEDULED'
  | 'COROUTINE_ENDED'
  | 'COROUTINE_LOCK_HELD'
  | 'COROUTINE_BAD_YIELD'
  | 'COROUTINE_NO_CONTEXT';

/** What this package throws. `code` is stable; where QEMU aborts, this says which coroutine and who called. */
export class CoroutineError extends Error {
  override readonly name = 'CoroutineError';
  readonly code: CoroutineErrorCode;

  constructor(code: CoroutineErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
