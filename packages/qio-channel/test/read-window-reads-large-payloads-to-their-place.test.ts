import type { Co } from '@coaio/coroutine';
import { coRun } from '@coaio/coroutine';
import { type IOVec, ReadWindow } from '@coaio/qio-channel';
import { expect, test } from 'vitest';

const KIB = 1024;

/** A channel that gives as much as there is room for, each byte the low byte of its place in the stream. */
class EndlessChannel {
  readonly name = 'endless';
  /** The memory of each read. */
  readonly reads: Uint8Array[] = [];
  #at = 0;

  *readv(iov: IOVec): Co<number> {
    const [memory] = iov as [Uint8Array];
    this.reads.push(memory);
    for (let index = 0; index < memory.length; index++) memory[index] = this.#at++;
    return memory.length;
  }
}

/** Takes a payload of each size after a header of one byte. @returns where each read went: `null`, to the window; else to that payload. */
async function readsFor(sizes: number[]) {
  const channel = new EndlessChannel();
  const window = new ReadWindow(channel, 256 * KIB);
  const payloads = sizes.map((size) => new Uint8Array(size));
  await coRun(function* () {
    let at = 0;
    for (const payload of payloads) {
      if (window.available === 0) yield* window.fill();
      expect(window.bytes[window.at++]).toBe(at++ & 0xff);
      expect(yield* window.take(payload)).toBe(true);
      expect(payload.every((byte, index) => byte === ((at + index) & 0xff))).toBe(true);
      at += payload.length;
    }
  });
  return channel.reads.map((memory) => {
    const payload = payloads.findIndex(({ buffer }) => buffer === memory.buffer);
    return { payload: payload < 0 ? null : payload, bytes: memory.length };
  });
}

test('after one the next read asks for little, so that the next one lands in its place too', async () => {
  const large = 256 * KIB;
  expect(await readsFor([large, large])).toEqual([
    { payload: null, bytes: 16 * KIB },
    { payload: 0, bytes: large - 16 * KIB + 1 },
    { payload: null, bytes: 4 * KIB },
    { payload: 1, bytes: large - 4 * KIB + 1 },
  ]);
});

test('smaller ones come by way of the window, several with one read', async () => {
  const reads = await readsFor(Array<number>(40).fill(32 * KIB));
  expect(reads.every(({ payload }) => payload === null)).toBe(true);
  expect(reads.length).toBeLessThan(12);
});

test('after a small one the next read asks for as much as there is room for', async () => {
  const reads = await readsFor([256 * KIB, 8 * KIB, 8 * KIB]);
  expect(reads.map(({ bytes }) => bytes).slice(2)).toEqual([4 * KIB, 32 * KIB]);
});

test('only one read asks for little: what is skipped after a large payload comes in few', async () => {
  const channel = new EndlessChannel();
  const window = new ReadWindow(channel, 256 * KIB);
  await coRun(function* () {
    yield* window.take(new Uint8Array(256 * KIB));
    yield* window.skip(256 * KIB);
  });
  expect(channel.reads.map(({ length }) => length / KIB)).toEqual([256, 4, 16, 32, 64, 128, 256]);
});
