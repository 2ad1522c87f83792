// A thread with a view of another thread's client, or with a client that others have views of.
import { AioContext } from '@coaio/aio-context';
import { coRun, coSelf } from '@coaio/coroutine';
import { isNbdError, NbdClient, NbdError } from '@coaio/nbd-client';
import { QIOChannel } from '@coaio/qio-channel';

/** @typedef {import('@coaio/nbd-client').NbdClientHandle} Handle */
/** @typedef {import('@coaio/nbd-client').AttachedNbdClient} View */

/** @type {View | undefined} */
let attached;
/** @type {NbdClient | undefined} */
let own;

/** @type {import('@coaio/nbd-client').NbdClientEvent[]} */
const heard = [];
let onHeard = () => {};

/** @param {Handle} handle */
export function attach(handle) {
  attached = NbdClient.attach(handle);
  return attached.info.size;
}

/** @param {Handle} handle */
export function attachAndListen(handle) {
  attached = NbdClient.attach(handle, {
    onEvent: (event) => {
      heard.push(event);
      onHeard();
    },
  });
}

/** Once there are so many: their types, connections and errors. @param {number} count */
export async function hears(count) {
  while (heard.length < count)
    await new Promise((/** @type {(value: void) => void} */ resolve) => (onHeard = resolve));
  return heard.map((event) => ({ ...event, ...('error' in event ? { error: refusal(event.error) } : {}) }));
}

/** @returns {View} */
function view() {
  if (attached === undefined) throw new Error('attach first');
  return attached;
}

/** How a call was refused, as data. @param {unknown} error */
function refusal(error) {
  const { name, code, errno, offset, message } = /** @type {any} */ (error);
  const isOfItsClass = error instanceof NbdError && error.constructor.name === name;
  return { name, code, errno, offset, message, isNbdError: isNbdError(error), isOfItsClass };
}

/** @param {bigint | number} offset @param {number} length */
export function reads(offset, length) {
  return view()
    .read(offset, length)
    .then((data) => new Uint8Array(data), refusal);
}

/** @param {number} offset @param {Uint8Array} target seen by the caller too */
export function readsInto(offset, target) {
  return view()
    .readInto(offset, target)
    .then(() => 'read', refusal);
}

/** @param {number} offset @param {Uint8Array} data @param {boolean} fua */
export function writes(offset, data, fua) {
  return view()
    .write(offset, data, { fua })
    .then(() => 'written', refusal);
}

/** @param {number} offset @param {number} length */
export async function readsChunks(offset, length) {
  const chunks = [];
  for await (const chunk of view().readChunks(offset, length)) chunks.push(chunk);
  return chunks;
}

export function flushes() {
  return view()
    .flush()
    .then(() => 'flushed', refusal);
}

/** One byte at each offset from 0 on, all at once. @param {number} count */
export async function readsManyAtOnce(count) {
  const all = await Promise.all(Array.from({ length: count }, (_, at) => view().read(at, 1)));
  return Buffer.concat(all);
}

/** Where each of two coroutines goes on after a read. */
export function readsInTwoContexts() {
  const inContext = (/** @type {string} */ name) =>
    coRun(
      function* () {
        yield* view().co.read(0, 1);
        return coSelf().context?.name;
      },
      { context: new AioContext({ name }) },
    );
  return Promise.all([inContext('one'), inContext('two')]);
}

/** A read that is aborted once it waits. @param {number} offset @param {Uint8Array} target */
export async function abortsItsRead(offset, target) {
  const controller = new AbortController();
  const reading = view().readInto(offset, target, { signal: controller.signal });
  setImmediate(() => controller.abort(new Error('enough')));
  return reading.then(
    () => 'read',
    (error) => error.message,
  );
}

/** @param {number[]} lengths */
export async function writesAtOnce(lengths) {
  const all = await Promise.all(lengths.map((length) => view().write(0, new Uint8Array(length))));
  return all.length;
}

/** @param {number} length */
export async function readsIntoItsOwn(length) {
  const bytes = new Uint8Array(length);
  return view()
    .readInto(0, bytes)
    .catch((error) => ({ message: error.message, bytes }));
}

function countsTurns() {
  const counted = { answers: 0, turns: 0 };
  let inTurn = false;
  const count = () => {
    counted.answers++;
    if (inTurn) return;
    inTurn = true;
    counted.turns++;
    queueMicrotask(() => {
      inTurn = false;
    });
  };
  return { counted, count };
}

/** @param {number} calls all at once */
export async function turnsOfAnswers(calls) {
  const { counted, count } = countsTurns();
  const one = () =>
    coRun(function* () {
      yield* view().co.flush();
      count();
    });
  await Promise.all(Array.from({ length: calls }, one));
  return counted;
}

/** Calls all at once, each of which calls again once it is answered. @param {number} calls */
export async function turnsOfSecondAnswers(calls) {
  const { counted, count } = countsTurns();
  const one = () =>
    coRun(function* () {
      yield* view().co.flush();
      yield* view().co.flush();
      count();
    });
  await Promise.all(Array.from({ length: calls }, one));
  return counted;
}

/** Any command. @param {'flush'} name one of them @param {[]} args */
export function calls(name, args) {
  return coRun(() => view().co[name](...args));
}

export function readsWithAbortedSignal() {
  return view()
    .read(0, 1, { signal: AbortSignal.abort('before') })
    .catch((reason) => reason);
}

/** As many reads as there are slots, and one more that is aborted while it waits for one. @param {number} slots */
export async function abortsOneInLine(slots) {
  const controller = new AbortController();
  const reading = Promise.all(Array.from({ length: slots }, () => view().readInto(0, new Uint8Array(1))));
  const inLine = view()
    .read(0, 1, { signal: controller.signal })
    .catch((error) => error.message);
  controller.abort(new Error('enough'));
  const aborted = await inLine;
  return { read: (await reading).length, aborted };
}

/** @param {number} timeoutMs */
export function readsWithin(timeoutMs) {
  return view()
    .read(0, 1, { timeoutMs })
    .then(() => 'read', refusal);
}

/** Reads, and ends before the answer: once the word says that the server has been asked. @param {Int32Array} words */
export function readsAndExits(words) {
  void view().read(0, 4096);
  const look = () => {
    if (Atomics.load(words, 0) === 1) process.exit();
    setImmediate(look);
  };
  look();
  return new Promise(() => {});
}

/** @param {number} offset @param {Int32Array} words @param {number} submitted the word that counts */
export function readsAndExitsOnceSubmitted(offset, words, submitted) {
  void view().read(offset, 1);
  const look = () => {
    if (Atomics.load(words, submitted) === 1) process.exit();
    setImmediate(look);
  };
  look();
  return new Promise(() => {});
}

/** Asks for a read, and for the end of the view before the answer. */
export async function closesWhileItReads() {
  const reading = reads(0, 4);
  const closing = view().close();
  const late = await reads(0, 4);
  await closing;
  return { read: await reading, late };
}

/** Makes a write, closes the view, and only then begins the write. */
export async function beginsAfterItsClose() {
  const write = view().co.write(0, new Uint8Array(512));
  await view().close();
  return await coRun(() => write).catch(refusal);
}

export function closes() {
  return view().close();
}

/**
 * @param {import('@coaio/qio-channel').QIOChannelHandle} channel
 * @param {import('@coaio/nbd-client').NbdClientOptions} [options]
 */
export async function connects(channel, options) {
  own = await NbdClient.connect({ channel: QIOChannel.attach(channel), ...options });
  return own.handle;
}

/** What the client itself says of what its views tell. */
export function describesItsClient() {
  const { info, capabilities, metaContexts, structuredReplies } = /** @type {NbdClient} */ (own);
  return { info, capabilities, metaContexts, structuredReplies };
}

export function statisticsOfItsClient() {
  return own?.statistics;
}

export function closesItsClient() {
  return own?.close();
}
