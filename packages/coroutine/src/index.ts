export {
  aioCoEnter,
  aioCoKick,
  aioCoRescheduleSelf,
  aioCoSchedule,
  aioCoWake,
} from './aio-co.js';
export type { Co } from './co.js';
export { type CoAwaitOptions, coAwait } from './co-await.js';
export { type CoRunOptions, coRun } from './co-run.js';
export { CoSleep, type CoSleepOptions, coSleep } from './co-sleep.js';
export { type CoTimeoutOptions, coTimeout } from './co-timeout.js';
export { coYield } from './co-yield.js';
export { Coroutine, type CoroutineState } from './coroutine.js';
export { CoroutineError, type CoroutineErrorCode } from './coroutine-error.js';
export { coSelf, inCoroutine } from './current-coroutine.js';
export { assertLockable, type Lockable } from './lockable.js';
export { onAbort } from './on-abort.js';
export { type CoroutineHandle, RemoteCoroutine } from './remote-coroutine.js';
export {
  SharedResource,
  type SharedResourceGetOptions,
  type SharedResourceOptions,
} from './shared-resource.js';
export type { CoroutineTrace } from './trace.js';
export { type InLine, WaitingLine } from './waiting-line.js';
export { beginWait, type CoWait, coWaits, endWait, type WaitedFor } from './waits.js';
