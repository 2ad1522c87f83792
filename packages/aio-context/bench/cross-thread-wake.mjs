// A wake to another thread and one back. Asleep: both threads sleep between. Polling: both poll.
// Rivals: a bare Atomics.wait/notify, which blocks both threads and serves no socket; a MessagePort.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { BottomHalf, getMainAioContext, IOThread } from '@coaio/aio-context';
import { PING, PONG, WORDS } from './workers/answers.mjs';

/** Longer than any poll lasts between two wakes. */
const POLL_MAX_NS = 1_000_000;
/** They are not measured: the other thread gets up to speed. */
const FIRST_WAKES = 100;
const LOST_MS = 10_000;

/**
 * The modules of the other threads, by URL: a build puts them elsewhere.
 *
 * @typedef {{ answersUrl: URL, echoUrl: URL }} WakeModules
 */

/**
 * @param {WakeModules} modules
 * @returns {import('@coaio/by-turns').Group[]}
 */
export function wakeGroups(modules) {
  return [{ name: 'wake of another thread and back', unit: 'us', prepare: () => prepare(modules) }];
}

/**
 * @param {WakeModules} modules
 * @returns {Promise<import('@coaio/by-turns').Prepared>}
 */
async function prepare({ answersUrl, echoUrl }) {
  const context = getMainAioContext();
  const sleeper = await IOThread.start({ name: 'sleeper', pollMaxNs: 0 });
  const poller = await IOThread.start({ name: 'poller', pollMaxNs: POLL_MAX_NS });
  const blocked = await IOThread.start({ name: 'blocked', pollMaxNs: 0 });
  const echo = new Worker(echoUrl);
  await once(echo, 'online');
  const toSleeper = await bottomHalves(sleeper, answersUrl);
  const toPoller = await bottomHalves(poller, answersUrl);
  return {
    cases: [
      {
        name: 'bottom half, asleep',
        ours: true,
        run: (wakes) => nsOf(toSleeper.wake, wakes),
        goal: { of: 'ratio', most: 1.3 },
      },
      { name: 'bare Atomics.wait/notify', run: (wakes) => bareNs(blocked, answersUrl, wakes) },
      { name: 'MessagePort', run: (wakes) => nsOf((count) => messages(echo, count), wakes) },
      {
        name: 'bottom half, polling',
        ours: true,
        run: async (wakes) => {
          context.setPollParams({ pollMaxNs: POLL_MAX_NS });
          try {
            return await nsOf(toPoller.wake, wakes);
          } finally {
            context.setPollParams({ pollMaxNs: 0 });
          }
        },
        goal: { of: 'value', most: 5 },
      },
    ],
    async close() {
      toSleeper.end();
      toPoller.end();
      // The third may still wait, if its turn failed.
      await Promise.all([sleeper.join(), poller.join(), blocked.terminate(), echo.terminate()]);
    },
  };
}

/**
 * @param {IOThread} thread
 * @param {URL} answersUrl
 */
async function bottomHalves(thread, answersUrl) {
  let left = 0;
  let done = () => {};
  const pong = getMainAioContext().createBottomHalf(() => {
    if (--left === 0) done();
    else ping.schedule();
  }, 'pong');
  const ping = BottomHalf.attach(await thread.run(answersUrl, 'answerWith', pong.handle));
  return {
    wake: (/** @type {number} */ wakes) =>
      new Promise((resolve) => {
        left = wakes;
        done = () => resolve(undefined);
        ping.schedule();
      }),
    end: () => pong.delete(),
  };
}

/**
 * @param {Worker} echo
 * @param {number} wakes
 */
function messages(echo, wakes) {
  return new Promise((resolve) => {
    let left = wakes;
    const answered = () => {
      if (--left > 0) return echo.postMessage(0);
      echo.off('message', answered);
      resolve(undefined);
    };
    echo.on('message', answered);
    echo.postMessage(0);
  });
}

/**
 * @param {IOThread} thread
 * @param {URL} answersUrl
 * @param {number} wakes
 */
async function bareNs(thread, answersUrl, wakes) {
  const memory = new SharedArrayBuffer(WORDS * Int32Array.BYTES_PER_ELEMENT);
  const words = new Int32Array(memory);
  const last = FIRST_WAKES + wakes;
  const answering = thread.run(answersUrl, 'answerBare', memory, last);
  let start = 0n;
  for (let wake = 1; wake <= last; wake++) {
    Atomics.store(words, PING, wake);
    Atomics.notify(words, PING);
    if (Atomics.wait(words, PONG, wake - 1, LOST_MS) === 'timed-out') {
      throw new Error(`bare wake ${wake}: no answer in ${LOST_MS} ms`);
    }
    if (wake === FIRST_WAKES) start = process.hrtime.bigint();
  }
  const ns = Number(process.hrtime.bigint() - start);
  await answering;
  return ns;
}

/**
 * @param {(wakes: number) => Promise<unknown>} run
 * @param {number} wakes
 */
async function nsOf(run, wakes) {
  await run(FIRST_WAKES);
  const start = process.hrtime.bigint();
  await run(wakes);
  return Number(process.hrtime.bigint() - start);
}
