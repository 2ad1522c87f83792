import type { Co } from './co.js';

/** A lock that a coroutine can let go while it waits for something else (QEMU's `QemuLockable`). */
export interface Lockable {
  lock(): Co<void>;
  unlock(): void;
}
