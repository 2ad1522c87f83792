export type CoMutexErrorCode =
  | 'CO_MUTEX_NOT_HOLDER'
  | 'CO_MUTEX_RECURSIVE'
  | 'CO_MUTEX_OUTSIDE_COROUTINE'
  | 'CO_MUTEX_BROKEN';

/** Misuse of a lock by its caller. `code` is stable. */
export class CoMutexError extends Error {
  override readonly name = 'CoMutexError';
  readonly code: CoMutexErrorCode;

  constructor(code: CoMutexErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
