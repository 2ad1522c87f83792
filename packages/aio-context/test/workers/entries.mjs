// What the IOThread tests run in their threads.
import { setImmediate as nextIteration } from 'node:timers/promises';
import { isMainThread, threadId } from 'node:worker_threads';
import { AioContext, getCurrentAioContext } from '@coaio/aio-context';

export const notAFunction = 42;

export function whereItRuns() {
  return { isMainThread, threadId, context: getCurrentAioContext()?.name };
}

export async function contextAfterAwait() {
  await nextIteration();
  return getCurrentAioContext()?.name;
}

export function contextInBottomHalf() {
  return new Promise((resolve) => {
    getCurrentAioContext()?.scheduleOneshot(() => resolve(getCurrentAioContext()?.name));
  });
}

export function contextInsideAnother() {
  return new AioContext({ name: 'inner' }).run(() => getCurrentAioContext()?.name);
}

/** @param {unknown[]} values */
export function echo(...values) {
  return values;
}

export function returnsAFunction() {
  return () => {};
}

export async function failsWithCause() {
  const cause = Object.assign(new Error('no such device', { cause: 'unplugged' }), { code: 'ENODEV' });
  const fields = { code: 'E_OPEN', device: { path: '/dev/nbd0', size: 512n }, retry: () => {} };
  throw Object.assign(new Error('cannot open', { cause }), { name: 'OpenError', ...fields });
}

export function throwsAString() {
  throw 'just text';
}

export function throwsABareObject() {
  throw Object.create(null);
}

export function throwsAnErrorThatCausedItself() {
  const error = new Error('ouroboros');
  error.cause = error;
  throw error;
}

export function throwsAnErrorWithAnOddName() {
  throw Object.assign(new Error('odd'), { name: () => 'odd' });
}

/**
 * Ends some iterations of its event loop after `flag[0]` was set: a message that was sent before is handled by then.
 *
 * @param {Int32Array} flag
 */
export async function endsAfter(flag) {
  while (Atomics.load(flag, 0) === 0) await nextIteration();
  for (let i = 0; i < 20; i++) await nextIteration();
  return 'ended';
}

/**
 * Blocks its thread until `parties` threads are in here at once.
 *
 * @param {Int32Array} arrived
 * @param {number} parties
 */
export function meets(arrived, parties) {
  Atomics.add(arrived, 0, 1);
  Atomics.notify(arrived, 0);
  for (let count = Atomics.load(arrived, 0); count < parties; count = Atomics.load(arrived, 0)) {
    Atomics.wait(arrived, 0, count);
  }
  return threadId;
}

export function neverEnds() {
  return new Promise(() => {});
}

/** @param {string} message */
export function throwsLater(message) {
  setImmediate(() => {
    throw new Error(message);
  });
}

/** @param {Int32Array} [flag] waited for first */
export async function exits(flag) {
  while (flag !== undefined && Atomics.load(flag, 0) === 0) await nextIteration();
  process.exit(7);
}
