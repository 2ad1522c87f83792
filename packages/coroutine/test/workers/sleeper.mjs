// A thread with coroutines that sleep until they are woken, and what it does with the handles of others.
import { threadId } from 'node:worker_threads';
import { AioContext, getCurrentAioContext } from '@coaio/aio-context';
import { aioCoKick, aioCoSchedule, aioCoWake, Coroutine, coYield } from '@coaio/coroutine';

/** @typedef {import('@coaio/coroutine').CoroutineHandle} Handle */

/** How often it ran again, and what to do then: yield or end. */
export const RAN = 0;
export const END = 1;

export const ready = () => threadId;

/** @type {Map<string, Coroutine>} */
const sleepers = new Map();
/** @type {Map<string, AioContext>} */
const contexts = new Map();
/** @type {string[]} */
const log = [];

/** What ran here, in order: `coroutine in context`. */
export const ran = () => log;

/** @param {string} name */
export function makesContext(name) {
  const context = new AioContext({ name });
  contexts.set(name, context);
  return context.handle;
}

/**
 * A coroutine that runs until its first yield in that context, then whenever it is woken.
 *
 * @param {string} name
 * @param {Int32Array} words
 * @param {string} [contextName]
 */
export function sleeps(name, words, contextName) {
  const sleeper = Coroutine.create(function* () {
    while (Atomics.load(words, END) === 0) {
      yield* coYield();
      log.push(`${name} in ${getCurrentAioContext()?.name}`);
      Atomics.add(words, RAN, 1);
      Atomics.notify(words, RAN);
    }
  }, name);
  sleepers.set(name, sleeper);
  sleeper.enter(contextName === undefined ? undefined : contexts.get(contextName));
  return sleeper.handle;
}

/** @returns its handle, made while it is scheduled @param {string} name @param {Int32Array} words */
export function schedulesThenGives(name, words) {
  sleeps(name, words);
  const sleeper = /** @type {Coroutine} */ (sleepers.get(name));
  aioCoSchedule(/** @type {AioContext} */ (sleeper.context), sleeper);
  return sleeper.handle;
}

/** @param {() => void} call */
function refusal(call) {
  try {
    call();
    return null;
  } catch (error) {
    const { code, message } = /** @type {{ code?: string, message: string }} */ (error);
    return { code, message };
  }
}

/** @param {Handle[]} handles @returns how each was refused */
export function wakes(...handles) {
  return handles.map((handle) => refusal(() => aioCoWake(Coroutine.attach(handle))));
}

/** @param {Handle} handle */
export function kicks(handle) {
  return refusal(() => aioCoKick(Coroutine.attach(handle)));
}

/** @param {import('@coaio/aio-context').AioContextHandle} context @param {Handle} handle */
export function schedules(context, handle) {
  return refusal(() =>
    aioCoSchedule(
      /** @type {AioContext} */ (AioContext.attach(context)),
      /** @type {Coroutine} */ (Coroutine.attach(handle)),
    ),
  );
}

/** Blocks the thread, event loop and all; sets words[0] first, until words[1] is set. @param {Int32Array} words */
export function blocks(words) {
  Atomics.store(words, 0, 1);
  Atomics.notify(words, 0);
  Atomics.wait(words, 1, 0);
}

/**
 * A coroutine that goes on, without a yield, while others wake it: sets words[2] when it runs, then waits for words[3].
 *
 * @param {string} name
 * @param {Int32Array} words as {@link sleeps}
 */
export function runsLong(name, words) {
  const busy = Coroutine.create(function* () {
    Atomics.store(words, 2, 1);
    Atomics.notify(words, 2);
    Atomics.wait(words, 3, 0);
    if (Atomics.load(words, END) !== 0) return;
    yield* coYield();
    Atomics.add(words, RAN, 1);
    Atomics.notify(words, RAN);
  }, name);
  const { handle } = busy;
  setImmediate(() => getCurrentAioContext()?.run(() => busy.enter()));
  return handle;
}

/** Makes and ends coroutines, one after another, each with a handle. @param {number} count */
export function makesAndEnds(count) {
  /** @type {Handle | undefined} */
  let last;
  const cells = new Set();
  for (let i = 0; i < count; i++) {
    const short = Coroutine.create(function* () {}, 'short');
    last = short.handle;
    cells.add(last.cell);
    short.enter();
  }
  return { last, cells: cells.size };
}

export function exits() {
  process.exit(3);
}

/** As {@link wakes}, then sets words[0]. @param {Int32Array} words @param {Handle[]} handles */
export function wakesAndTells(words, ...handles) {
  const refusals = wakes(...handles);
  Atomics.store(words, 0, 1);
  Atomics.notify(words, 0);
  return refusals;
}
