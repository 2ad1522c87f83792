// What threads do with a lock that they share, step by step, as a test tells them.
import { threadId } from 'node:worker_threads';
import { AioContext, getCurrentAioContext } from '@coaio/aio-context';
import { SharedCoMutex } from '@coaio/co-mutex';
import { aioCoWake, Coroutine, coRun, coYield } from '@coaio/coroutine';

/** @typedef {import('@coaio/co-mutex').SharedCoMutexHandle} Handle */

export const ready = () => threadId;

/** @type {Map<string, Promise<unknown>>} */
const asked = new Map();
/** @type {Map<string, Coroutine>} */
const holders = new Map();

/** @param {unknown} error */
function told(error) {
  const { code, message } = /** @type {{ code?: string, message: string }} */ (error);
  return { code, message };
}

/**
 * A coroutine of that name asks for the lock; when it has it, it takes the next place in `order` and lets go. Returns when it stands in line.
 *
 * @param {Handle} handle
 * @param {string} name
 * @param {Int32Array} order word 0: how many places are taken
 * @param {number} id
 * @param {string} [contextName] of a context of its own, if it is not to run in the thread's
 */
export function asks(handle, name, order, id, contextName) {
  const mutex = SharedCoMutex.attach(handle);
  const context = contextName === undefined ? getCurrentAioContext() : new AioContext({ name: contextName });
  const entry = function* () {
    yield* mutex.lock({ purpose: 'order' });
    order[1 + Atomics.add(order, 0, 1)] = id;
    mutex.unlock();
    return { thread: threadId, context: getCurrentAioContext()?.name };
  };
  asked.set(name, coRun(entry, { name, ...(context === undefined ? {} : { context }) }).catch(told));
}

/** @returns where it ran when it had the lock, or how it was refused @param {string} name */
export function gets(name) {
  return asked.get(name);
}

/**
 * A coroutine of that name takes the locks and holds them until {@link letsGo}.
 *
 * @param {string} name
 * @param {Handle[]} handles
 */
export function holds(name, ...handles) {
  const holder = Coroutine.create(function* () {
    const mutexes = handles.map((handle) => SharedCoMutex.attach(handle));
    for (const mutex of mutexes) yield* mutex.lock();
    yield* coYield();
    for (const mutex of mutexes) mutex.unlock();
  }, name);
  holders.set(name, holder);
  holder.enter();
}

/** @param {string} name */
export function letsGo(name) {
  aioCoWake(/** @type {Coroutine} */ (holders.get(name)));
}

/** @param {Handle} handle */
export async function locksOnce(handle) {
  try {
    await coRun(() => SharedCoMutex.attach(handle).withLock(function* () {}));
    return null;
  } catch (error) {
    return told(error);
  }
}

/** @param {Handle} handle */
export async function unlocksWithoutIt(handle) {
  return await coRun(
    function* () {
      try {
        SharedCoMutex.attach(handle).unlock();
        return null;
      } catch (error) {
        return told(error);
      }
    },
    { name: 'stranger' },
  );
}

export function exits() {
  process.exit(3);
}

export function throwsUncaught() {
  setImmediate(() => {
    throw new Error('dies on purpose');
  });
}

/** Blocks the thread for good; sets the word first. @param {Int32Array} words */
export function blocks(words) {
  Atomics.store(words, 0, 1);
  Atomics.notify(words, 0);
  Atomics.wait(words, 1, 0);
}

/**
 * Takes the first lock now, and asks for the second when it is told by {@link letsGo}.
 *
 * @param {string} name
 * @param {Handle} first
 * @param {Handle} second
 */
export function holdsThenAsks(name, first, second) {
  const holder = Coroutine.create(function* () {
    yield* SharedCoMutex.attach(first).lock();
    yield* coYield();
    yield* SharedCoMutex.attach(second).lock();
    SharedCoMutex.attach(second).unlock();
    SharedCoMutex.attach(first).unlock();
  }, name);
  holders.set(name, holder);
  holder.enter();
}

/** @returns the handle of a new mutex, which it holds @param {string} name */
export function makesAndHolds(name) {
  const mutex = new SharedCoMutex(name);
  holds('holder', mutex.handle);
  return mutex.handle;
}
