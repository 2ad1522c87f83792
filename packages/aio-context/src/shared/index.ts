// For the packages above this one, which keep words of their own in the shared memory. It follows no semver: use them.

export { type ErrorRecord, fromErrorRecord, toErrorRecord } from '../io-thread/error-record.js';
export { tellRunningCoroutine } from '../poll-guard.js';
export { onThreadDeath } from '../thread-loop/deaths.js';
export { PollWindow } from '../thread-loop/poll-window.js';
export * from './cell-handle.js';
export { readName, writeName } from './cell-name.js';
export * from './layout.js';
export { Remote } from './remote.js';
export { joinThreads, type ThisThread, thisThread } from './this-thread.js';
export { cellsOfKind, isThreadAlive, tellEveryThread } from './thread-death.js';
export type { Claim } from './wake-list.js';
export { type Wakeable, WakeableCell, wakeableOf } from './wakeable.js';
