import { coRun } from '@coaio/coroutine';
import { QIO_CHANNEL_ERR_BLOCK } from '@coaio/qio-channel';
import { expect } from 'vitest';
import { expectBytes, MORE_THAN_FITS, pattern, readExactly, readToTheEnd } from '../bytes.js';
import type { Ability, Suite } from '../suite.js';

export function cork({ proves }: Suite): void {
  proves('small writes arrive as one after uncork', ['cork', 'waiting'], async (left, right) => {
    const target = new Uint8Array(1000);
    const reading = coRun(() => right.readv([target]));
    left.setCork(true);
    for (let at = 0; at < 100; at += 10) await coRun(() => left.writevAll([pattern(10, at)]));
    left.setCork(false);
    expect(await reading).toBe(100);
    expectBytes(target.subarray(0, 100), pattern(100));
  });

  for (const end of ['close', 'shutdown of writing'] as const) {
    const needs: Ability[] = end === 'close' ? [] : ['half-close'];
    proves(`nothing that was gathered is lost by ${end}, corked or not`, needs, async (left, right) => {
      left.setCork(true);
      await coRun(() => left.writevAll([pattern(10)]));
      left.setCork(false);
      left.setCork(true);
      await coRun(() => left.writevAll([pattern(10, 10)]));
      if (end === 'close') left.close();
      else left.shutdown('write');
      expectBytes(await coRun(() => readToTheEnd(right)), pattern(20));
    });
  }

  proves(
    'what was gathered for a full channel arrives, though it is closed at once',
    ['waiting', 'at once'],
    async (left, right) => {
      const parts: Uint8Array[] = [];
      for (let written = 0; ; ) {
        const part = pattern(50_000, written);
        left.setCork(true);
        const count = left.tryWritev([part]);
        left.setCork(false);
        if (count === QIO_CHANNEL_ERR_BLOCK) break;
        parts.push(part.subarray(0, count));
        written += count;
      }
      left.close();
      expectBytes(await coRun(() => readToTheEnd(right)), Buffer.concat(parts));
    },
  );

  proves('a write that is larger than any cork waits and arrives', ['waiting'], async (left, right) => {
    const bytes = pattern(MORE_THAN_FITS);
    left.setCork(true);
    const writing = coRun(function* () {
      yield* left.writevAll([bytes.subarray(0, 100)]);
      yield* left.writevAll([bytes.subarray(100)]);
    });
    expectBytes(await coRun(() => readExactly(right, bytes.length)), bytes);
    await writing;
  });

  proves('many small writes while corked arrive in order', [], async (left, right) => {
    const size = 700_000;
    left.setCork(true);
    const writing = coRun(function* () {
      for (let at = 0; at < size; at += 1000) yield* left.writevAll([pattern(1000, at)]);
      left.setCork(false);
    });
    expectBytes(await coRun(() => readExactly(right, size)), pattern(size));
    await writing;
  });

  proves(
    'uncork and close are no errors when the peer has gone: the next write gets it',
    ['waiting', 'both directions'],
    async (left, right) => {
      left.setCork(true);
      await coRun(() => left.writevAll([pattern(5)]));
      right.close();
      await coRun(() => left.yield('in'));
      left.setCork(false);
      const lost = coRun(function* () {
        for (;;) yield* left.writevAll([pattern(1 << 20)]);
      });
      await expect(lost).rejects.toMatchObject({ code: 'QIO_CHANNEL_IO' });
      left.setCork(true);
      left.close();
    },
  );
}
