import type { Co } from '@coaio/coroutine';
import { QIO_CHANNEL_ERR_BLOCK, type QIOChannel } from '@coaio/qio-channel';

/** More than any socket buffers: a writer of this much has to wait for a reader. */
export const MORE_THAN_FITS = 16 * 1024 * 1024;

/** Bytes of which each stretch tells where it is: `start` is the place of the first. */
export function pattern(length: number, start = 0): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let index = 0; index < length; index++) {
    const place = start + index;
    bytes[index] = place * 31 + (place >> 8) * 7 + (place >> 16);
  }
  return bytes;
}

export function* readExactly(channel: QIOChannel, length: number): Co<Uint8Array> {
  const bytes = new Uint8Array(length);
  yield* channel.readvAll([bytes]);
  return bytes;
}

/** All that comes before the end. */
export function* readToTheEnd(channel: QIOChannel): Co<Uint8Array> {
  const parts: Uint8Array[] = [];
  for (;;) {
    const part = new Uint8Array(50_000);
    const count = yield* channel.readv([part]);
    if (count === 0) return Buffer.concat(parts);
    parts.push(part.subarray(0, count));
  }
}

/** Writes parts of a pattern until the channel takes no more. @returns all that it took. */
export function fillUp(channel: QIOChannel, partSize: number): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let written = 0; ; ) {
    const part = pattern(partSize, written);
    const count = channel.tryWritev([part]);
    if (count === QIO_CHANNEL_ERR_BLOCK) return Buffer.concat(parts);
    parts.push(part.subarray(0, count));
    written += count;
  }
}

/** Faster than `toEqual` by far, and its message is about the first byte that differs. */
export function expectBytes(got: Uint8Array, wanted: Uint8Array): void {
  if (Buffer.compare(got, wanted) === 0) return;
  const at = got.findIndex((byte, index) => byte !== wanted[index]);
  throw new Error(
    `got ${got.length} bytes, wanted ${wanted.length}; they differ from byte ${at < 0 ? got.length : at} on`,
  );
}

/** Comes back once `condition` holds: a test that never gets there ends by its time limit. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(setImmediate);
}
