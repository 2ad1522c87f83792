// For the packages above this one, which share more than channels between threads. It follows no semver: use `QIOChannel.handle`.

export { holderId, threadOf } from './claim.js';
export { isHolderAlive } from './holder-alive.js';
export { LocalShared } from './local-shared.js';
export { ringOwner } from './ring-owner.js';
export type { IntroducedMemories, MemoryIntroducer } from './shared-memories.js';
export { introducedMemories, introducerTo } from './thread-memories.js';
