export { CoQueue } from './co-queue.js';
