export { CoMutex } from './co-mutex.js';
export { CoMutexError, type CoMutexErrorCode } from './co-mutex-error.js';
