import { coRun } from '@coaio/coroutine';
import { QIOChannelPair, ReadWindow } from '@coaio/qio-channel';
import { expect, test } from 'vitest';

const KIB = 1024;

/** Has `window` read `sizes`, each with one fill, and consumes what comes. @returns its memory after each. */
function readEach(sizes: number[], maxSize?: number): Promise<number[]> {
  const [writer, reader] = QIOChannelPair.open({ capacity: 1024 * KIB });
  const window = new ReadWindow(reader, maxSize);
  return coRun(function* () {
    const memory: number[] = [];
    for (const size of sizes) {
      yield* writer.writevAll([new Uint8Array(size)]);
      for (let left = size; left > 0; left -= yield* window.fill()) window.at = window.end;
      window.at = window.end;
      memory.push(window.bytes.length / KIB);
    }
    return memory;
  });
}

test('it starts small, and each read that fills it doubles it, up to its limit', async () => {
  expect(await readEach([1])).toEqual([16]);
  const full = [16, 32, 64, 128, 256, 256].map((kib) => kib * KIB);
  expect(await readEach(full)).toEqual([16, 32, 64, 128, 256, 256]);
  expect((await readEach(full, 64 * KIB)).at(-1)).toBe(64);
});

test('many small reads in a row halve it, one larger read keeps it', async () => {
  const grown = [16, 32, 64].map((kib) => kib * KIB);
  const small = Array<number>(32).fill(1);
  expect((await readEach([...grown, ...small, 1])).at(-1)).toBe(64);
  expect((await readEach([...grown, 1, ...small, ...small, ...small, 1])).at(-1)).toBe(16);
  const kept = Array.from({ length: 10 }, () => [40 * KIB, ...small.slice(1)]).flat();
  expect((await readEach([...grown, ...kept])).at(-1)).toBe(128);
});

test('what is not consumed yet stays, whatever the memory becomes', async () => {
  const [writer, reader] = QIOChannelPair.open({ capacity: 1024 * KIB });
  const window = new ReadWindow(reader);
  const stream = Uint8Array.from({ length: 200 * KIB }, (_, index) => index % 251);
  await coRun(() => writer.writevAll([stream]));
  await coRun(function* () {
    while (window.available < stream.length) expect(yield* window.fill()).toBeGreaterThan(0);
  });
  expect(Buffer.compare(window.bytes.subarray(window.at, window.end), stream)).toBe(0);
  expect(window.view.getUint8(window.at + 1)).toBe(1);
});

test('bytes that were read elsewhere are put behind what is there, more than its memory holds too', async () => {
  const [writer, reader] = QIOChannelPair.open();
  const window = new ReadWindow(reader);
  const first = new Uint8Array(10).fill(1);
  const second = new Uint8Array(100 * KIB).fill(2);
  window.put(first);
  window.put(second);
  await coRun(() => writer.writevAll([Uint8Array.of(3)]));
  expect(await coRun(() => window.fill())).toBe(1);
  const all = Buffer.concat([first, second, Uint8Array.of(3)]);
  expect(Buffer.compare(window.bytes.subarray(window.at, window.end), all)).toBe(0);
});
