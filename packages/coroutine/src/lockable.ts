import type { Co } from './co.js';
import { CoroutineError } from './coroutine-error.js';

/** A lock that a coroutine can let go while it waits for something else (QEMU's `QemuLockable`). */
export interface Lockable {
  lock(): Co<void>;
  unlock(): void;
}

/** Before it is let go: a lock that could not be taken again would be lost. @throws CoroutineError `COROUTINE_NO_LOCKABLE`. */
export function assertLockable(operation: string, given: Lockable): void {
  if (typeof given?.lock === 'function' && typeof given.unlock === 'function') return;
  throw new CoroutineError(
    'COROUTINE_NO_LOCKABLE',
    `${operation}: the lock that was given has no lock() and unlock()`,
  );
}
