import { coRun } from '@coaio/coroutine';
import { expect } from 'vitest';
import { expectBytes, MORE_THAN_FITS, pattern, readExactly } from '../bytes.js';
import type { Suite } from '../suite.js';

export function ends({ proves }: Suite): void {
  proves('tells the end of the stream after all that was written', [], async (left, right) => {
    await coRun(() => left.writevAll([pattern(3)]));
    left.close();
    expect(await coRun(() => right.readvAllEof([new Uint8Array(3)]))).toBe(true);
    expect(await coRun(() => right.readvAllEof([new Uint8Array(3)]))).toBe(false);
    expect(await coRun(() => right.readv([new Uint8Array(3)]))).toBe(0);
  });

  proves(
    'an end before any byte is false for readvAllEof, and an error for readvAll',
    [],
    async (left, right) => {
      left.close();
      expect(await coRun(() => right.readvAllEof([new Uint8Array(5)]))).toBe(false);
      await expect(coRun(() => right.readvAll([new Uint8Array(5)]))).rejects.toMatchObject({
        code: 'QIO_CHANNEL_EOF',
        message: expect.stringContaining('0 of 5 bytes'),
      });
    },
  );

  proves('an end in the middle is an error that says how much came', [], async (left, right) => {
    await coRun(() => left.writevAll([pattern(3)]));
    left.close();
    await expect(coRun(() => right.readvAllEof([new Uint8Array(5)]))).rejects.toMatchObject({
      code: 'QIO_CHANNEL_EOF',
      message: expect.stringContaining('3 of 5 bytes'),
    });
  });

  proves('a reader that waits is told the end', ['waiting'], async (left, right) => {
    const reading = coRun(() => right.readv([new Uint8Array(1)]));
    left.close();
    expect(await reading).toBe(0);
  });

  for (const [name, first, second] of [
    ['the first', 0, 1],
    ['the second', 1, 0],
  ] as const) {
    proves(
      `${name} end can still read after its own writing has ended`,
      ['half-close', 'both directions', 'at once'],
      async (...pair) => {
        const [ended, other] = [pair[first], pair[second]];
        ended.shutdown('write');
        expect(await coRun(() => other.readv([new Uint8Array(1)]))).toBe(0);
        const writing = coRun(() => other.writevAll([pattern(70_000)]));
        expectBytes(await coRun(() => readExactly(ended, 70_000)), pattern(70_000));
        await writing;
        await expect(coRun(() => ended.writevAll([pattern(1)]))).rejects.toMatchObject({
          code: 'QIO_CHANNEL_SHUT_DOWN',
        });
        expect(() => ended.tryWritev([pattern(1)])).toThrow(
          expect.objectContaining({ code: 'QIO_CHANNEL_SHUT_DOWN' }),
        );
      },
    );
  }

  proves(
    'a peer that closes once it has read everything is no error for the writer',
    ['waiting'],
    async (left, right) => {
      const bytes = pattern(MORE_THAN_FITS);
      const writing = coRun(() => left.writevAll([bytes.subarray(0, 1 << 20), bytes.subarray(1 << 20)]));
      await coRun(() => readExactly(right, MORE_THAN_FITS));
      right.close();
      await writing;
    },
  );

  proves('a peer that goes without reading: the writer gets an error', ['waiting'], async (left, right) => {
    const writing = coRun(function* () {
      for (;;) yield* left.writevAll([pattern(1 << 20)]);
    });
    await coRun(() => readExactly(right, 1));
    right.close();
    await expect(writing).rejects.toMatchObject({ name: 'QIOChannelError', code: 'QIO_CHANNEL_IO' });
    await expect(coRun(() => left.writevAll([pattern(1)]))).rejects.toMatchObject({
      name: 'QIOChannelError',
    });
  });

  proves(
    'a peer that goes without reading: the reader gets the end or an errno, and no later call hangs',
    ['waiting', 'both directions'],
    async (left, right) => {
      const writing = coRun(() => left.writevAll([pattern(MORE_THAN_FITS)])).catch((error: unknown) => error);
      const outcome = coRun(() => left.readv([new Uint8Array(1)])).catch((error: unknown) => error);
      await coRun(() => readExactly(right, 1));
      right.close();
      expect(await writing).toMatchObject({ code: 'QIO_CHANNEL_IO' });
      for (const seen of [
        await outcome,
        await coRun(() => left.readv([new Uint8Array(1)])).catch((error: unknown) => error),
      ]) {
        if (seen !== 0) expect(seen).toMatchObject({ code: 'QIO_CHANNEL_IO', errno: expect.any(String) });
      }
      await coRun(() => left.yield('in'));
      await coRun(() => left.yield('out'));
    },
  );
}
