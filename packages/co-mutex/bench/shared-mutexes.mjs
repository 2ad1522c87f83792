// One lock and unlock across threads, a counter in between. Rivals: a plain lock of Atomics, which is unfair and blocks its
// thread; a baton that goes round with Atomics.wait, which is fair and blocks its thread too. Only a SharedCoMutex lets the other
// coroutines of a thread run meanwhile.
import { IOThread } from '@coaio/aio-context';
import { SharedCoMutex } from '@coaio/co-mutex';
import { COUNTER, WORDS } from './workers/contend.mjs';

/** @import { Group } from '@coaio/by-turns' */

const SOURCE = 'test-aio-multithread, in C on a like machine';

/**
 * By number of threads. Alone there is nobody to pass a baton to.
 *
 * @type {{ name: string, threads: number, least?: number, quoted?: number }[]}
 */
const SIZES = [
  { name: '1 thread', threads: 1 },
  { name: '2 threads', threads: 2, least: 4.5, quoted: 18 },
  { name: '5 threads', threads: 5, least: 0.16, quoted: 0.16 },
];

/**
 * @param {URL} contendUrl the module of the other threads: a build puts it elsewhere
 * @returns {Group[]}
 */
export function sharedMutexGroups(contendUrl) {
  return SIZES.map(({ name, threads, least, quoted }) => ({
    name: `lock + unlock, ${name}`,
    unit: 'M/s',
    prepare: () => prepare(contendUrl, threads, least),
    ...(quoted === undefined ? {} : { quoted: [{ name: 'QEMU CoMutex', value: quoted, source: SOURCE }] }),
  }));
}

/**
 * @param {URL} contendUrl
 * @param {number} count
 * @param {number | undefined} least
 * @returns {Promise<import('@coaio/by-turns').Prepared>}
 */
async function prepare(contendUrl, count, least) {
  const threads = await Promise.all(
    Array.from({ length: count }, (_, index) => IOThread.start({ name: `contender ${index + 1}` })),
  );
  const mutex = new SharedCoMutex('contended');
  const runs =
    (/** @type {string} */ entry, /** @type {unknown[]} */ ...args) =>
    /** @type {(times: number) => Promise<number>} */
    (times) =>
      contend(threads, contendUrl, entry, times, args);
  return {
    cases: [
      {
        name: 'SharedCoMutex',
        ours: true,
        run: runs('underSharedCoMutex', mutex.handle),
        ...(least === undefined ? {} : { goal: { of: 'value', least } }),
      },
      { name: 'Atomics lock, unfair', run: runs('underAtomicsLock') },
      ...(count === 1 ? [] : [{ name: 'Atomics.wait baton', run: runs('withBaton') }]),
    ],
    // Not joined: if one has died, the others may wait for it.
    close: () => Promise.all(threads.map((thread) => thread.terminate())),
  };
}

/**
 * @param {IOThread[]} threads
 * @param {URL} contendUrl
 * @param {string} entry
 * @param {number} times
 * @param {unknown[]} args
 * @returns {Promise<number>} nanoseconds from the first start to the last end
 */
async function contend(threads, contendUrl, entry, times, args) {
  const memory = new SharedArrayBuffer(WORDS * Int32Array.BYTES_PER_ELEMENT);
  const contest = { memory, threads: threads.length, times };
  const spans = await Promise.all(
    threads.map((thread, index) =>
      thread
        .run(contendUrl, entry, { ...contest, index }, ...args)
        .then((span) => /** @type {import('./workers/contend.mjs').Span} */ (span)),
    ),
  );
  const counted = new Int32Array(memory)[COUNTER];
  const sum = spans.reduce((total, span) => total + span.entries, 0);
  // Adding is two steps: two at once in the critical section would lose one.
  if (counted !== sum) throw new Error(`${entry}: ${sum} times in the critical section, ${counted} counted`);
  const started = Math.min(...spans.map((span) => span.startedMs));
  const ended = Math.max(...spans.map((span) => span.endedMs));
  // More than were asked for, by one for each thread at most.
  return ((ended - started) * 1e6 * times) / sum;
}
