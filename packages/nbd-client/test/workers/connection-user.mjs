// A thread with a view of another thread's NbdClientConnection, or with one of its own.
import { getCurrentAioContext } from '@coaio/aio-context';
import { coRun } from '@coaio/coroutine';
import { NbdClientConnection } from '@coaio/nbd-client';
import { set } from '@coaio/real-threads';

/** @typedef {import('@coaio/nbd-client').NbdClientConnectionHandle} Handle */

/** @type {ReturnType<typeof NbdClientConnection.attach> | undefined} */
let attached;

/** @param {Handle} handle */
export function attach(handle) {
  attached = NbdClientConnection.attach(handle);
  return attached.constructor.name;
}

function connection() {
  if (attached === undefined) throw new Error('attach first');
  return attached;
}

/** How a call was refused, as data. @param {unknown} error */
function refusal(error) {
  const { code, fault, errno, message } = /** @type {Record<string, unknown>} */ (error);
  const { cause } = /** @type {Error} */ (error);
  return { code, fault, errno, message, cause: cause instanceof Error ? cause.message : cause };
}

/** @param {import('@coaio/nbd-client').EstablishOptions} [options] */
export async function establishes(options) {
  try {
    return await coRun(() => connection().establish(options), { name: 'there' });
  } catch (error) {
    return refusal(error);
  }
}

/** @param {number} turns the event loop's, until it is aborted */
export async function establishesUntilAborted(turns) {
  const controller = new AbortController();
  const established = establishes({ signal: controller.signal });
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
  controller.abort(new Error('enough'));
  return established;
}

/** Begins to wait, then blocks the thread for good, event loop and all. @param {Int32Array} words 0: it waits */
export function establishesAndBlocks(words) {
  void establishes();
  setImmediate(() => {
    set(words);
    Atomics.wait(words, 1, 0);
  });
}

export const cancels = () => connection().cancel();
export const releases = () => connection().release();

/** A connection of this thread, whose attempts never end. */
export function owns() {
  const own = new NbdClientConnection(() => new Promise(() => {}), {
    context: /** @type {import('@coaio/aio-context').AioContext} */ (getCurrentAioContext()),
    discard: () => {},
    share: (result) => result,
    name: 'of the other',
  });
  return own.handle;
}
