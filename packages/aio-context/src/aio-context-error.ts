export type AioContextErrorCode =
  | 'AIO_CONTEXT_CLOSED'
  | 'AIO_CONTEXT_BUSY'
  | 'AIO_NO_MAIN_CONTEXT'
  | 'AIO_BH_DELETED'
  | 'AIO_TIMER_DEADLINE'
  | 'AIO_CLOCK_BACKWARDS'
  | 'IOTHREAD_BAD_ENTRY'
  | 'IOTHREAD_NOT_RUNNING'
  | 'IOTHREAD_DIED';

/** What this package throws. `code` is stable; `message` names the operation, the value and the limit. */
export class AioContextError extends Error {
  override readonly name = 'AioContextError';
  readonly code: AioContextErrorCode;

  constructor(code: AioContextErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
