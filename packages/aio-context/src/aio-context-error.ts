export type AioContextErrorCode =
  | 'AIO_CONTEXT_CLOSED'
  | 'AIO_CONTEXT_BUSY'
  | 'AIO_NO_MAIN_CONTEXT'
  | 'AIO_BH_DELETED'
  | 'AIO_TIMER_DEADLINE'
  | 'AIO_CLOCK_BACKWARDS'
  | 'AIO_CLOCK_STANDS'
  | 'AIO_POLL_IN_COROUTINE'
  | 'AIO_BLOCKED_FOREVER'
  | 'AIO_WAIT_DEADLOCK'
  | 'AIO_POLL_PARAMS'
  | 'AIO_LOCK_NOT_HELD'
  | 'AIO_BIG_LOCK_HELD'
  | 'AIO_BAD_HANDLE'
  | 'AIO_OTHER_MEMORY'
  | 'AIO_THREAD_GONE'
  | 'AIO_SHARED_MEMORY_FULL'
  | 'AIO_TOO_MANY_THREADS'
  | 'IOTHREAD_BAD_ENTRY'
  | 'IOTHREAD_NOT_RUNNING'
  | 'IOTHREAD_UNREADABLE'
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
