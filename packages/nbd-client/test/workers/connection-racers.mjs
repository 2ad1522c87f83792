// What the threads of the stress do with one connection, until it is released: its own thread makes attempts, all want to wait for them, cancel.
import { getCurrentAioContext } from '@coaio/aio-context';
import { coRun } from '@coaio/coroutine';
import { NbdClientConnection } from '@coaio/nbd-client';

/** @typedef {import('@coaio/nbd-client').NbdClientConnectionHandle} Handle */

/** How the waits of one thread ended. */
/** @typedef {{ adopted: number[], ends: Record<string, number> }} Waits */

/** @type {Map<string, { connection: NbdClientConnection<number>, made: number[], discarded: number[], attempts: Promise<unknown>[] }>} */
const owned = new Map();
let results = 0;

/** @param {number} seed */
export function randomOf(seed) {
  let state = seed | 0;
  return (/** @type {number} */ below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

const aTurn = () => new Promise((resolve) => setImmediate(resolve));

/**
 * A connection whose attempts take no time or some, and fail now and then.
 *
 * @param {string} name
 * @param {number} seed
 */
export function makes(name, seed) {
  const random = randomOf(seed);
  /** @type {number[]} */
  const made = [];
  /** @type {number[]} */
  const discarded = [];
  /** @type {Promise<unknown>[]} */
  const attempts = [];
  const attempt = async () => {
    for (let turns = random(4); turns > 0; turns--) await aTurn();
    if (random(4) === 0) throw Object.assign(new Error('refused'), { code: 'REFUSED' });
    made.push(++results);
    return results;
  };
  const connection = new NbdClientConnection(
    () => {
      const attempting = attempt();
      attempts.push(attempting.catch(() => {}));
      return attempting;
    },
    {
      context: /** @type {import('@coaio/aio-context').AioContext} */ (getCurrentAioContext()),
      discard: (result) => void discarded.push(result),
      share: (result) => result,
      name,
    },
  );
  owned.set(name, { connection, made, discarded, attempts });
  return connection.handle;
}

/** What came of it, once nothing of it is under way any more. @param {string} name */
export async function tells(name) {
  const own = owned.get(name);
  if (own === undefined) throw new Error(`no ${name}`);
  await Promise.all(own.attempts);
  for (let turn = 0; turn < 10; turn++) await aTurn();
  owned.delete(name);
  return { made: own.made, discarded: own.discarded };
}

/**
 * Waits for connection after connection, and gives up some waits itself.
 *
 * @param {Handle} handle
 * @param {number} seed
 * @returns {Promise<Waits>}
 */
export async function waits(handle, seed) {
  const random = randomOf(seed);
  const connection = NbdClientConnection.attach(handle);
  /** @type {number[]} */
  const adopted = [];
  /** @type {Record<string, number>} */
  const ends = {};
  for (;;) {
    const controller = new AbortController();
    const gaveUp = Object.assign(new Error('gave up'), { code: 'GAVE_UP' });
    if (random(3) === 0) setImmediate(() => controller.abort(gaveUp));
    /** @type {string} */
    let end;
    try {
      const options = { blocking: random(4) > 0, signal: controller.signal };
      const result = await coRun(() => connection.establish(options));
      if (result !== null) adopted.push(/** @type {number} */ (result));
      end = result === null ? 'nothing there' : 'adopted';
    } catch (error) {
      end = /** @type {{ code?: string }} */ (error).code ?? String(error);
    }
    ends[end] = (ends[end] ?? 0) + 1;
    if (end === 'NBD_CLOSED') return { adopted, ends };
    if (end === 'NBD_BUSY' || end === 'nothing there') await aTurn();
  }
}

/**
 * Cancels again and again, `count` times in all, and then releases, if it is the one to do so.
 *
 * @param {Handle} handle
 * @param {number} seed
 * @param {number} count
 * @param {boolean} releases
 */
export async function cancels(handle, seed, count, releases) {
  const random = randomOf(seed);
  const connection = NbdClientConnection.attach(handle);
  for (let done = 0; done < count; done++) {
    connection.cancel();
    for (let spin = random(2000); spin > 0; spin--) random(2);
    if (random(2) === 0) await aTurn();
  }
  if (releases) connection.release();
}
