// What the threads of a shared channel do at random: streams whose sizes and bytes follow from a seed, and an echo.
import { crc32 } from 'node:zlib';
import { coRun } from '@coaio/coroutine';
import { QIOChannel, QIOChannelSocket, QIONetListener } from '@coaio/qio-channel';

/** @typedef {import('@coaio/qio-channel').QIOChannelHandle} Handle */
/** @typedef {{ bytes: number, crc: number, error?: string | undefined }} Sum */

const MAX_SIZE = 200_000;
// Shared by all: the bytes of a write are a piece of it.
const noise = new Uint8Array(new SharedArrayBuffer(2 * MAX_SIZE));
for (let index = 0, word = 1; index < noise.length; index++) {
  word = Math.imul(word, 1664525) + 1013904223;
  noise[index] = word >>> 24;
}

/** @param {number} seed @returns numbers from 0 to 1 */
function randomly(seed) {
  let word = seed | 1;
  return () => {
    word ^= word << 13;
    word ^= word >>> 17;
    word ^= word << 5;
    return (word >>> 0) / 2 ** 32;
  };
}

/** Small and large ones alike. @param {() => number} random */
function sizeFrom(random) {
  return Math.min(MAX_SIZE, 1 + Math.floor(2 ** (random() * Math.log2(MAX_SIZE))));
}

/** @param {QIOChannel} channel @param {number} seed @param {number} total @returns {Promise<Sum>} */
export async function writesStream(channel, seed, total) {
  const random = randomly(seed);
  const sum = { bytes: 0, crc: 0, error: /** @type {string | undefined} */ (undefined) };
  try {
    await coRun(function* () {
      while (sum.bytes < total) {
        const size = Math.min(sizeFrom(random), total - sum.bytes);
        const at = Math.floor(random() * MAX_SIZE);
        const middle = Math.floor(size / 3);
        const piece = noise.subarray(at, at + size);
        // Memory of its own, and shared memory.
        const iov =
          size % 2 === 0 ? [piece] : [new Uint8Array(piece.subarray(0, middle)), piece.subarray(middle)];
        yield* channel.writevAll(iov);
        sum.bytes += size;
        sum.crc = crc32(new Uint8Array(piece), sum.crc);
      }
    });
    channel.shutdown('write');
  } catch (error) {
    sum.error = /** @type {{ code?: string }} */ (error).code ?? String(error);
  }
  return sum;
}

/** @param {QIOChannel} channel @param {number} seed @param {(bytes: number) => void} [progress] @returns {Promise<Sum>} */
export async function readsStream(channel, seed, progress) {
  const random = randomly(seed);
  const own = new Uint8Array(MAX_SIZE);
  const shared = new Uint8Array(new SharedArrayBuffer(MAX_SIZE));
  const sum = { bytes: 0, crc: 0, error: /** @type {string | undefined} */ (undefined) };
  try {
    await coRun(function* () {
      for (;;) {
        const size = sizeFrom(random);
        const target = (size % 2 === 0 ? own : shared).subarray(0, size);
        const count = yield* channel.readv([target]);
        if (count === 0) return;
        sum.bytes += count;
        sum.crc = crc32(new Uint8Array(target.subarray(0, count)), sum.crc);
        progress?.(sum.bytes);
      }
    });
  } catch (error) {
    sum.error = /** @type {{ code?: string }} */ (error).code ?? String(error);
  }
  return sum;
}

/** @param {Handle} handle @param {number} seed @param {number} total */
export async function writesAttached(handle, seed, total) {
  const channel = QIOChannel.attach(handle);
  const sum = await writesStream(channel, seed, total);
  channel.close();
  return sum;
}

/** @param {Handle} handle @param {number} seed */
export async function readsAttached(handle, seed) {
  const channel = QIOChannel.attach(handle);
  const sum = await readsStream(channel, seed);
  channel.close();
  return sum;
}

/** A channel of this thread's. @param {import('@coaio/qio-channel').SocketAddress} address */
export async function opens(address) {
  const channel = await QIOChannelSocket.connect(address);
  return channel.handle;
}

/** @param {Handle} handle */
export function closes(handle) {
  QIOChannel.attach(handle).close();
}

/** @param {Handle} handle @param {number} seed */
export async function readsOwn(handle, seed) {
  return readsStream(QIOChannel.attach(handle), seed);
}

/** Gives back what it gets, on every connection. @param {import('@coaio/qio-channel').SocketAddress} address */
export async function echoes(address) {
  const listener = await QIONetListener.open(address);
  listener.setClientFunc((channel) => {
    void coRun(function* () {
      const buffer = new Uint8Array(MAX_SIZE);
      for (;;) {
        const count = yield* channel.readv([buffer]);
        if (count === 0) break;
        yield* channel.writevAll([buffer.subarray(0, count)]);
      }
      channel.shutdown('write');
      // Until the other side has read it all and closes.
      yield* channel.readv([buffer]);
    })
      .catch(() => {})
      .finally(() => channel.close());
  });
  return listener.address;
}
