export type CoRwlockErrorCode =
  | 'CO_RWLOCK_NOT_HOLDER'
  | 'CO_RWLOCK_RECURSIVE'
  | 'CO_RWLOCK_WRONG_MODE'
  | 'CO_RWLOCK_OUTSIDE_COROUTINE';

/** Misuse of a CoRwlock by its caller. `code` is stable. */
export class CoRwlockError extends Error {
  override readonly name = 'CoRwlockError';
  readonly code: CoRwlockErrorCode;

  constructor(code: CoRwlockErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
