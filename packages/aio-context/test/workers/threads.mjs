// What is done in IOThreads.
import { createServer } from 'node:net';
import { parentPort, Worker } from 'node:worker_threads';
import { BottomHalf, getCurrentAioContext } from '@coaio/aio-context';
import { ASLEEP, SCHEDULED, TAG, tagOf, thisThread, wordsOf } from '@coaio/aio-context/shared';

export function ready() {}

export function loopsForEver() {
  for (;;);
}

/** Answers each connection of a Unix socket with what it gets. @param {string} path */
export async function serves(path) {
  const server = createServer((socket) => socket.pipe(socket));
  await new Promise((/** @type {(value?: unknown) => void} */ resolve) => server.listen(path, resolve));
}

export function neverEnds() {
  return new Promise(() => {});
}

/**
 * Once the run is answered: with the word the thread has been told to stop, but has not looked yet.
 *
 * @param {Int32Array} words @param {() => void} callback
 */
function beforeTheStop(words, callback) {
  setImmediate(() => {
    Atomics.wait(words, 1, 0);
    callback();
  });
}

/** Leaves work in the context: each adds to the word. @param {Int32Array} words */
export function leavesWork(words) {
  const context = getCurrentAioContext();
  const add = () => Atomics.add(words, 0, 1);
  beforeTheStop(words, () => {
    context?.scheduleOneshot(add);
    context?.schedule({ nextScheduled: null, resume: add });
    context?.createTimer(add).mod(Number.MAX_SAFE_INTEGER);
  });
}

/** Leaves a bottom half that throws. @param {Int32Array} words */
export function leavesAThrowingBottomHalf(words) {
  const context = getCurrentAioContext();
  beforeTheStop(words, () => {
    context?.scheduleOneshot(() => {
      throw new Error('in the end');
    });
  });
}

/**
 * Claims the bottom half and ends before it has put it into the list of its thread.
 *
 * @param {import('@coaio/aio-context').BottomHalfHandle} handle
 */
export function claimsAndEnds(handle) {
  BottomHalf.attach(handle);
  const thread = thisThread();
  if (thread === null) return;
  const tag = wordsOf(handle.cell) + TAG;
  Atomics.store(thread.words, tag, tagOf(handle.generation, SCHEDULED, thread.number));
  process.exit(0);
}

/** Throws an abort as the platform does. */
export function throwsADOMException() {
  throw new DOMException('enough', 'AbortError');
}

export async function throwsAnAggregate() {
  const codes = ['ECONNREFUSED', 'ETIMEDOUT'];
  const errors = codes.map((code) => Object.assign(new Error(`no: ${code}`), { code }));
  throw new AggregateError([...errors, 'text'], 'none answered');
}

export function throwsAnErrorWithAThrowingGetter() {
  throw Object.defineProperty(new Error('x'), 'peer', {
    enumerable: true,
    get() {
      throw new Error('getter');
    },
  });
}

/** The answer to this run is lost. */
export function losesItsAnswer() {
  if (parentPort === null) return;
  const { postMessage } = parentPort;
  parentPort.postMessage = () => {
    if (parentPort !== null) parentPort.postMessage = postMessage;
  };
}

/** As if a request had come that cannot be read. */
export function cannotReadARequest() {
  parentPort?.emit('messageerror', new Error('unreadable'));
}

/** Makes a worker that has a handle, and waits for ever. @param {import('@coaio/aio-context').BottomHalfHandle} handle */
export async function makesAWorker(handle) {
  const worker = new Worker(new URL('./gives-a-bottom-half.mjs', import.meta.url), { workerData: handle });
  await new Promise((resolve) => worker.once('message', resolve));
  const given = new Promise((resolve) => worker.once('message', resolve));
  worker.postMessage('give');
  return await given;
}

/** Whether the thread, after short waits, looks for work by itself; else it sleeps with its doorbell up. */
export async function isUp() {
  for (let wait = 0; wait < 4; wait++) {
    await new Promise((/** @type {(value?: unknown) => void} */ resolve) =>
      getCurrentAioContext()?.scheduleOneshot(() => resolve()),
    );
    await new Promise(setImmediate);
    await new Promise(setImmediate);
  }
  const thread = thisThread();
  return thread !== null && Atomics.load(thread.words, wordsOf(thread.number) + ASLEEP) === 0;
}
