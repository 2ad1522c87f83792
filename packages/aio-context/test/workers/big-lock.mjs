// A worker that is no IOThread, and sometimes holds the big lock. It does what it is told.
import { parentPort, setEnvironmentData, workerData } from 'node:worker_threads';
import { AioContext, bigLock, getCurrentAioContext, inAioContextHomeThread } from '@coaio/aio-context';
import { refusalOf } from './refusal.mjs';

function seen() {
  const main = AioContext.attach(workerData);
  return { current: getCurrentAioContext()?.name, held: bigLock.held, home: inAioContextHomeThread(main) };
}

function locksAndUnlocks() {
  const before = seen();
  bigLock.lock();
  const under = seen();
  const again = refusalOf(() => bigLock.lock());
  bigLock.unlock();
  return { before, under, again, after: seen(), unlock: refusalOf(() => bigLock.unlock()) };
}

/** What is scheduled in the stand-in under the lock runs later. */
function schedules() {
  bigLock.lock();
  let ran = false;
  const later = new Promise((resolve) => {
    getCurrentAioContext()?.scheduleOneshot(() => {
      ran = true;
      resolve(seen());
    });
  });
  bigLock.unlock();
  const ranAtOnce = ran;
  return later.then((later) => ({ ranAtOnce, later, after: seen() }));
}

/** The stand-in's lock is the big one. */
function acquiresTheStandIn() {
  bigLock.lock();
  const standIn = getCurrentAioContext();
  standIn?.acquire();
  bigLock.unlock();
  const held = bigLock.held;
  standIn?.release();
  return { held, after: bigLock.held };
}

/** @param {Int32Array} words 0: held; 1: how often something has run; 2: let go */
function holds(words) {
  bigLock.lock();
  Atomics.store(words, 0, 1);
  Atomics.notify(words, 0);
  // Long enough for a main thread that does not care.
  Atomics.wait(words, 1, 0, 20);
  const runs = Atomics.load(words, 1);
  Atomics.store(words, 2, 1);
  bigLock.unlock();
  return runs;
}

/** @param {{ counter: Int32Array, times: number }} work */
function increments({ counter, times }) {
  for (let i = 0; i < times; i++) {
    bigLock.lock();
    counter[0] = (counter[0] ?? 0) + 1;
    bigLock.unlock();
  }
}

/** In memory in which the main thread has no part. */
function locksAlone() {
  return [refusalOf(() => bigLock.lock()), refusalOf(() => bigLock.unlock()), bigLock.held];
}

/** @type {Record<string, (argument: any) => unknown>} */
const deeds = { locksAndUnlocks, schedules, acquiresTheStandIn, holds, increments, locksAlone };
if (workerData === 'alone') setEnvironmentData('@coaio/aio-context', undefined);
parentPort?.on('message', async ({ deed, argument }) =>
  parentPort?.postMessage(await deeds[deed]?.(argument)),
);
parentPort?.postMessage('ready');
