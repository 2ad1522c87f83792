// What other threads do with handles.
import { threadId, Worker } from 'node:worker_threads';
import { AioContext, BottomHalf, getCurrentAioContext } from '@coaio/aio-context';
import { refusalOf } from './refusal.mjs';

export function ready() {}

/** @param {import('@coaio/aio-context').BottomHalfHandle[]} handles */
export function schedules(...handles) {
  for (const handle of handles) BottomHalf.attach(handle).schedule();
}

/**
 * @param {Int32Array} flag set when all are scheduled
 * @param {import('@coaio/aio-context').BottomHalfHandle[]} handles
 */
export function schedulesAndTells(flag, ...handles) {
  schedules(...handles);
  Atomics.store(flag, 0, 1);
  Atomics.notify(flag, 0);
}

/** @returns how it was refused @param {import('@coaio/aio-context').BottomHalfHandle} handle */
export function triesToSchedule(handle) {
  return refusalOf(() => BottomHalf.attach(handle).schedule());
}

/** @param {import('@coaio/aio-context').AioContextHandle} handle */
export function triesToAttachContext(handle) {
  return refusalOf(() => AioContext.attach(handle));
}

/** From a worker that this one makes. @param {import('@coaio/aio-context').BottomHalfHandle} handle */
export async function schedulesFromANestedWorker(handle) {
  const worker = new Worker(new URL('./schedules-its-data.mjs', import.meta.url), { workerData: handle });
  return await new Promise((resolve, reject) => worker.on('exit', resolve).on('error', reject));
}

const kept = new Map();

/** A bottom half of this thread that counts. @param {string} name @param {Int32Array} runs */
export function makesABottomHalf(name, runs) {
  const bottomHalf = getCurrentAioContext()?.createBottomHalf(() => {
    Atomics.store(runs, 1, threadId);
    Atomics.store(runs, 2, getCurrentAioContext()?.name === 'there' ? 1 : 0);
    Atomics.add(runs, 0, 1);
    Atomics.notify(runs, 0);
  }, name);
  kept.set(name, bottomHalf);
  return bottomHalf?.handle;
}

/** @param {string} name */
export function deletesIt(name) {
  kept.get(name).delete();
}

/** One after another, each with a handle of its own time. @param {number} count */
export function makesAndDeletes(count) {
  const handles = [];
  for (let i = 0; i < count; i++) {
    const bottomHalf = getCurrentAioContext()?.createBottomHalf(() => {}, `short ${i}`);
    handles.push(bottomHalf?.handle.cell);
    bottomHalf?.delete();
  }
  return handles;
}

export function whoAmI() {
  return threadId;
}

export function makesAContextAndClosesIt() {
  const context = new AioContext({ name: 'short-lived' });
  const handles = { context: context.handle, bottomHalf: context.createBottomHalf(() => {}, 'flush').handle };
  context.close();
  return handles;
}
