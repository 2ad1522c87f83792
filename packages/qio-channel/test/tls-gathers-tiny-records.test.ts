import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { QIO_CHANNEL_ERR_BLOCK } from '@coaio/qio-channel';
import { describe, expect, test } from 'vitest';
import { DirectionWaiter } from '../src/direction-waiter.js';
import { TlsReader } from '../src/tls/tls-reader.js';

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

/** A reader to which pieces of these lengths have come, and what they were. */
function readerOf(lengths: readonly number[]) {
  const reader = new TlsReader(new DirectionWaiter('test', 'read'));
  const all: Uint8Array[] = [];
  let at = 0;
  for (const length of lengths) {
    const piece = Uint8Array.from({ length }, () => at++ * 31);
    reader.append(piece);
    all.push(piece.slice());
  }
  return { reader, bytes: Buffer.concat(all) };
}

/** All that `reader` has, in reads of two pieces of memory. */
function readBy(reader: TlsReader, sizes: readonly number[]): Buffer {
  const all: Uint8Array[] = [];
  for (let turn = 0; ; turn++) {
    const iov = [1, 2].map((more) => new Uint8Array(sizes[(turn + more) % sizes.length] ?? 1));
    const count = reader.readv(iov);
    if (count === QIO_CHANNEL_ERR_BLOCK) return Buffer.concat(all);
    all.push(Buffer.concat(iov).subarray(0, count));
  }
}

describe.each([
  ['of one byte', Array<number>(20_000).fill(1)],
  ['short and long', Array.from({ length: 300 }, (_, index) => [1, 4095, 4096, 9000, 2049][index % 5] ?? 1)],
  ['longer than half a block', Array<number>(100).fill(2049)],
])('records %s', (_kind, lengths) => {
  test.each([[[1]], [[1000, 3]], [[4096]], [[70_000]]])('are read in pieces of %j', (sizes) => {
    const { reader, bytes } = readerOf(lengths);
    expect(Buffer.compare(readBy(reader, sizes), bytes)).toBe(0);
  });
});

test('what comes while some of it is read keeps its place', () => {
  const reader = new TlsReader(new DirectionWaiter('test', 'read'));
  let sent = 0;
  let got = 0;
  for (let turn = 0; turn < 2000; turn++) {
    reader.append(Uint8Array.from({ length: turn % 7 === 0 ? 5000 : 1 + (turn % 5) }, () => sent++));
    const piece = new Uint8Array(turn % 11 === 0 ? 8000 : 3);
    const count = reader.readv([piece]);
    expect(
      Buffer.compare(
        piece.subarray(0, count),
        Uint8Array.from({ length: count }, () => got++),
      ),
    ).toBe(0);
  }
  expect(got).toBeGreaterThan(10_000);
  expect(sent).toBeGreaterThanOrEqual(got);
});

test('of a tiny record only its bytes are kept', async () => {
  const reader = new TlsReader(new DirectionWaiter('test', 'read'));
  const records: WeakRef<ArrayBufferLike>[] = [];
  const receive = (): void => {
    const record = Uint8Array.of(1);
    records.push(new WeakRef(record.buffer));
    reader.append(record);
  };
  for (let count = 0; count < 10_000; count++) receive();
  // What was made in this turn is kept until it is over.
  await new Promise(setImmediate);
  collect();
  expect(records.filter((record) => record.deref() !== undefined).length).toBeLessThan(100);
  expect(reader.readv([new Uint8Array(20_000)])).toBe(10_000);
});
