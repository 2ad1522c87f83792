export { AioContext, type AioContextOptions } from './aio-context.js';
export { AioContextError, type AioContextErrorCode } from './aio-context-error.js';
export { aioWaitBottomHalf, aioWaitKick, aioWaitWhile } from './aio-wait.js';
export { type BigLock, bigLock } from './big-lock.js';
export { BottomHalf } from './bottom-half.js';
export type { AioContextHandle } from './context-cell.js';
export { IOThread, type IOThreadOptions } from './io-thread/io-thread.js';
export { claimThread } from './one-copy-per-thread.js';
export { RemoteAioContext } from './remote-aio-context.js';
export { type BottomHalfHandle, RemoteBottomHalf } from './remote-bottom-half.js';
export type { Resumable } from './resumable.js';
export {
  getCurrentAioContext,
  getIohandlerAioContext,
  getMainAioContext,
  inAioContextHomeThread,
} from './thread-contexts.js';
export type { PollParams } from './thread-loop/poll-window.js';
export { AioTimer } from './timers/aio-timer.js';
export type { Alarm, Clock } from './timers/clock.js';
export { hostClock } from './timers/host-clock.js';
export { realtimeClock } from './timers/realtime-clock.js';
export { VirtualClock } from './timers/virtual-clock.js';
export { throwUncaught } from './uncaught.js';
