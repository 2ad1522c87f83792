// A thread with a view of another thread's channel.
import { coRun } from '@coaio/coroutine';
import { QIOChannel } from '@coaio/qio-channel';
import { blockUntil, set } from '@coaio/real-threads';

/** @typedef {import('@coaio/qio-channel').QIOChannelHandle} Handle */

/** @type {QIOChannel | undefined} */
let attached;

/** @param {Handle} handle */
export function attach(handle) {
  attached = QIOChannel.attach(handle);
  return attached.name;
}

function channel() {
  if (attached === undefined) throw new Error('attach first');
  return attached;
}

/** How a call was refused, as data. @param {unknown} error */
function refusal(error) {
  const { code, errno, message } = /** @type {{ code?: string, errno?: string, message: string }} */ (error);
  return { code, errno, message };
}

/** @param {Uint8Array[]} pieces */
export async function writes(pieces) {
  try {
    await coRun(() => channel().writevAll(pieces), { name: 'there' });
    return 'written';
  } catch (error) {
    return refusal(error);
  }
}

/** @param {number} length @param {boolean} shared */
export async function reads(length, shared) {
  const bytes = shared ? new Uint8Array(new SharedArrayBuffer(length)) : new Uint8Array(length);
  try {
    const full = await coRun(() => channel().readvAllEof([bytes]), { name: 'there' });
    return full ? bytes : 'end';
  } catch (error) {
    return refusal(error);
  }
}

/** Tells once it waits. @param {number} length @param {Int32Array} words */
export function readsAndTells(length, words) {
  const reading = reads(length, false);
  set(words);
  return reading;
}

/** Reads into memory that the caller sees. @param {Uint8Array[]} pieces */
export async function readsInto(pieces) {
  await coRun(() => channel().readvAll(pieces));
}

/** @param {'in' | 'out'} condition */
export async function waits(condition) {
  await coRun(() => channel().yield(condition));
  return 'ready';
}

/** A read that is aborted once it waits. */
export async function abortsItsRead() {
  const controller = new AbortController();
  const reading = coRun(() => channel().readv([new Uint8Array(10)], { signal: controller.signal }));
  controller.abort(new Error('enough'));
  return reading.then(
    (count) => count,
    (error) => error.message,
  );
}

/** @param {'read' | 'write' | 'both'} how */
export function shutsDown(how) {
  channel().shutdown(how);
}

export function closes() {
  channel().close();
}

/** Waits to read, and is woken by another coroutine of the thread. */
export async function waitsAndIsWoken() {
  const waiting = coRun(() => channel().yield('in'));
  channel().wakeRead();
  await waiting;
  return 'woken';
}

export function wakesTheReader() {
  channel().wakeRead();
}

/** Reads, and lets go of the channel before that is over. */
export async function closesWhileItReads() {
  const reading = reads(4, false);
  channel().close();
  return reading;
}

/** This thread ends before it hears of its calls' ends. */
export function closesAndExits() {
  channel().close();
  process.exit();
}

/**
 * Asks the channel's thread for something, begins a read, and lets that thread close the channel before the read asks for its part.
 *
 * @param {Int32Array} words word 0: the read has begun; word 1: the channel is closed; word 2: the read has asked
 */
export async function readsAcrossTheClose(words) {
  channel().wakeRead();
  // Looked for once the read has the direction.
  const iov = new Proxy([new Uint8Array(4)], {
    get(target, key) {
      if (key === 'find') {
        set(words, 0);
        blockUntil(words, 1);
      }
      return Reflect.get(target, key);
    },
  });
  const reading = coRun(() => channel().readv(iov));
  set(words, 2);
  return reading;
}
