import { coRun } from '@coaio/coroutine';
import { expect } from 'vitest';
import { expectBytes, MORE_THAN_FITS, pattern, readToTheEnd } from '../bytes.js';
import type { Suite } from '../suite.js';

/** `bytes` in `count` pieces that are nearly of one size. */
function inPieces(bytes: Uint8Array, count: number): Uint8Array[] {
  const at = (index: number): number => Math.floor((bytes.length * index) / count);
  return Array.from({ length: count }, (_, index) => bytes.subarray(at(index), at(index + 1)));
}

export function pieces({ proves }: Suite): void {
  proves('gathers from and scatters to several pieces, empty ones included', [], async (left, right) => {
    const bytes = pattern(10_000);
    const none = new Uint8Array(0);
    const target = new Uint8Array(10_000);
    const from = [
      none,
      bytes.subarray(0, 1),
      none,
      bytes.subarray(1, 5000),
      none,
      bytes.subarray(5000),
      none,
    ];
    const into = [
      none,
      target.subarray(0, 4999),
      none,
      target.subarray(4999, 5001),
      target.subarray(5001),
      none,
    ];
    await Promise.all([coRun(() => right.readvAll(into)), coRun(() => left.writevAll(from))]);
    expectBytes(target, bytes);
  });

  proves('bytes that are in no list are refused: they would move nothing', [], async (left, right) => {
    const bytes = new Uint8Array(5) as never;
    const refusal = { code: 'QIO_CHANNEL_BAD_ARGUMENT', message: expect.stringContaining('such as [bytes]') };
    await expect(coRun(() => left.writev(bytes))).rejects.toMatchObject(refusal);
    await expect(coRun(() => left.writevAll(bytes))).rejects.toMatchObject(refusal);
    await expect(coRun(() => right.readv(bytes))).rejects.toMatchObject(refusal);
    await expect(coRun(() => right.readvAll(bytes))).rejects.toMatchObject(refusal);
    // And nothing is lost by it.
    const target = new Uint8Array(3);
    await Promise.all([coRun(() => right.readvAll([target])), coRun(() => left.writevAll([pattern(3)]))]);
    expectBytes(target, pattern(3));
  });

  proves(
    'an iov without bytes moves nothing and does not wait',
    ['waiting', 'at once'],
    async (left, right) => {
      const none = [new Uint8Array(0), new Uint8Array(0)];
      for (const iov of [[], none]) {
        expect(await coRun(() => right.readv(iov))).toBe(0);
        expect(await coRun(() => left.writev(iov))).toBe(0);
        expect(right.tryReadv(iov)).toBe(0);
        expect(left.tryWritev(iov)).toBe(0);
        await coRun(() => right.readvAll(iov));
        expect(await coRun(() => right.readvAllEof(iov))).toBe(true);
        await coRun(() => left.writevAll(iov));
      }
      await coRun(() => left.writevAll([pattern(1)]));
      expect(await coRun(() => right.readv([new Uint8Array(0), new Uint8Array(1)]))).toBe(1);
    },
  );

  // The system takes 1024 at once (IOV_MAX).
  for (const count of [1000, 2000]) {
    proves(`${count} pieces in one iov, written and read`, [], async (left, right) => {
      const bytes = pattern(50_000);
      const target = new Uint8Array(bytes.length);
      await Promise.all([
        coRun(() => right.readvAll(inPieces(target, count))),
        coRun(() => left.writevAll(inPieces(bytes, count))),
      ]);
      expectBytes(target, bytes);
    });
  }

  proves(
    '2000 pieces, the last of them empty, more than the channel takes at once',
    [],
    async (left, right) => {
      const bytes = pattern(MORE_THAN_FITS / 2);
      const reading = coRun(() => readToTheEnd(right));
      await coRun(() => left.writevAll([...inPieces(bytes, 1999), new Uint8Array(0)]));
      left.close();
      expectBytes(await reading, bytes);
    },
  );

  proves('memory that threads share is read into and written from', [], async (left, right) => {
    const size = 300_000;
    const from = new Uint8Array(new SharedArrayBuffer(size));
    from.set(pattern(size));
    const into = new Uint8Array(new SharedArrayBuffer(size));
    await Promise.all([
      coRun(() => right.readvAll([into.subarray(0, 7), into.subarray(7)])),
      coRun(() => left.writevAll([from.subarray(0, 1000), from.subarray(1000)])),
    ]);
    expectBytes(into, pattern(size));
  });
}
