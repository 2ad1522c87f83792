// What the threads of a stress test do with a client: one of their own, or a view of another thread's.
import { coRun } from '@coaio/coroutine';
import { NbdClient } from '@coaio/nbd-client';
import { MemoryExport, NbdServer } from '@coaio/nbd-server';

/** @typedef {import('@coaio/nbd-client').NbdClientHandle} Handle */

const MAX_SIZE = 300_000;

/** @type {NbdServer | undefined} */
let server;
/** @type {NbdClient | import('@coaio/nbd-client').AttachedNbdClient | undefined} */
let client;

/** @param {string} path @param {number} size */
export async function serves(path, size) {
  server = new NbdServer();
  server.addExport('', new MemoryExport(size));
  return await server.listen({ type: 'unix', path });
}

export function stopsServing() {
  return server?.close();
}

/** @param {string} uri */
export async function connects(uri) {
  const connected = await NbdClient.connect(uri);
  client = connected;
  return connected.handle;
}

/** @param {Handle} handle */
export function attaches(handle) {
  client = NbdClient.attach(handle);
}

export function closes() {
  return client?.close();
}

function co() {
  if (client === undefined) throw new Error('connect or attach first');
  return client.co;
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

/** Small ones mostly, and some large. @param {() => number} random @param {number} limit */
function sizeFrom(random, limit) {
  return Math.min(limit, 1 + Math.floor(2 ** (random() * Math.log2(MAX_SIZE))));
}

/** @param {number} length @param {boolean} shared */
function memory(length, shared) {
  return new Uint8Array(shared ? new SharedArrayBuffer(length) : new ArrayBuffer(length));
}

/**
 * Writes at random to regions of its own, and reads back what it has written, from some coroutines at once. Each sees its own region as a
 * piece of memory would be.
 *
 * @param {{ seed: number, ms: number, start: number, region: number, coroutines: number }} plan
 * @returns {Promise<{ requests: number, bytes: number, wrong: string[] }>}
 */
export async function usesRegions({ seed, ms, start, region, coroutines }) {
  const until = performance.now() + ms;
  const done = { requests: 0, bytes: 0, wrong: /** @type {string[]} */ ([]) };
  const one = (/** @type {number} */ index) =>
    coRun(function* () {
      const random = randomly(seed * 31 + index * 7919 + 1);
      const first = start + index * region;
      const expected = new Uint8Array(region);
      yield* co().write(first, expected);
      while (performance.now() < until && done.wrong.length === 0) {
        const length = sizeFrom(random, region);
        const at = Math.floor(random() * (region - length + 1));
        const piece = memory(length, random() < 0.5);
        if (random() < 0.5) {
          piece.fill(Math.floor(random() * 256));
          expected.set(piece, at);
          yield* co().write(first + at, piece, { fua: random() < 0.01 });
        } else {
          yield* co().readInto(first + at, piece);
          const wanted = expected.subarray(at, at + length);
          if (Buffer.compare(piece, wanted) !== 0)
            done.wrong.push(`seed ${seed}: ${length} bytes at ${first + at}`);
        }
        done.requests++;
        done.bytes += length;
        if (random() < 0.001) yield* co().flush();
      }
    });
  await Promise.all(Array.from({ length: coroutines }, (_, index) => one(index)));
  return done;
}

/** Reads at random, until the thread is ended. @param {number} size */
export async function readsForEver(size) {
  const random = randomly(size);
  const one = () =>
    coRun(function* () {
      const target = memory(MAX_SIZE, random() < 0.5);
      for (;;) yield* co().readInto(Math.floor(random() * (size - MAX_SIZE)), target);
    });
  await Promise.all(Array.from({ length: 8 }, one));
}

/** Reads 4 KiB at random, as fast as it goes. @param {{ ms: number, depth: number, size: number, seed: number }} plan @returns {Promise<number>} */
export async function readsBlocks({ ms, depth, size, seed }) {
  const until = performance.now() + ms;
  let requests = 0;
  const one = (/** @type {number} */ index) =>
    coRun(function* () {
      const random = randomly(seed * 1009 + index + 1);
      const target = memory(4096, true);
      while (performance.now() < until) {
        yield* co().readInto(Math.floor(random() * (size / 4096)) * 4096, target);
        requests++;
      }
    });
  await Promise.all(Array.from({ length: depth }, (_, index) => one(index)));
  return requests;
}
