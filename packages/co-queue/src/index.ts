export { CoQueue } from './co-queue.js';
export type { CoQueueWaitOptions } from './waiting.js';
