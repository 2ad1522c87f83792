export { CoMutex } from './co-mutex.js';
export { CoMutexError, type CoMutexErrorCode } from './co-mutex-error.js';
export { CoRwlock } from './co-rwlock.js';
export { CoRwlockError, type CoRwlockErrorCode } from './co-rwlock-error.js';
export {
  type DeadlockReport,
  deadlockReport,
  type ReportedHolder,
  type ReportedWait,
} from './deadlock-report.js';
export { formatDeadlockReport } from './format-deadlock-report.js';
export { LockGuard } from './lock-guard.js';
export type { HeldLock, LockHold, LockTracking, TrackedHold } from './lock-hold.js';
export type { LockOptions } from './lock-options.js';
export type { RwlockSide } from './rwlock-side.js';
export { SharedCoMutex, type SharedCoMutexHandle } from './shared/shared-co-mutex.js';
export type { CoroutineElsewhere } from './shared/shared-lock-report.js';
