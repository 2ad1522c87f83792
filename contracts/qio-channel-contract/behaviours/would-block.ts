import { coRun } from '@coaio/coroutine';
import { QIO_CHANNEL_ERR_BLOCK } from '@coaio/qio-channel';
import { expect } from 'vitest';
import { expectBytes, fillUp, pattern, readExactly, readToTheEnd, until } from '../bytes.js';
import type { Suite } from '../suite.js';

export function wouldBlock({ proves }: Suite): void {
  proves(
    'tryReadv would block while nothing has come, and reads what came',
    ['waiting', 'at once'],
    async (left, right) => {
      const target = new Uint8Array(5);
      expect(right.tryReadv([target])).toBe(QIO_CHANNEL_ERR_BLOCK);
      await coRun(() => left.writevAll([pattern(5)]));
      let got = 0;
      await until(() => {
        const count = right.tryReadv([target.subarray(got)]);
        if (count !== QIO_CHANNEL_ERR_BLOCK) got += count;
        return got === 5;
      });
      expectBytes(target, pattern(5));
      expect(right.tryReadv([target])).toBe(QIO_CHANNEL_ERR_BLOCK);
    },
  );

  proves('tryReadv finds the end', ['at once'], async (left, right) => {
    await coRun(() => left.writevAll([pattern(2)]));
    left.close();
    await coRun(() => readExactly(right, 2));
    await until(() => right.tryReadv([new Uint8Array(1)]) !== QIO_CHANNEL_ERR_BLOCK);
    expect(right.tryReadv([new Uint8Array(1)])).toBe(0);
  });

  proves(
    'tryWritev would block once there is no room, and goes on after a yield',
    ['waiting', 'at once'],
    async (left, right) => {
      const taken = fillUp(left, 60_000);
      expect(taken.length).toBeGreaterThan(0);
      const wanted = taken.length + 500_000;
      const reading = coRun(() => readExactly(right, wanted));
      // The reader needs the thread too: a yield that came back without waiting, again and again, would never let it read.
      await coRun(function* () {
        for (let written = taken.length; written < wanted; ) {
          const count = left.tryWritev([pattern(Math.min(60_000, wanted - written), written)]);
          if (count === QIO_CHANNEL_ERR_BLOCK) yield* left.yield('out');
          else written += count;
        }
      });
      expectBytes(await reading, pattern(wanted));
    },
  );

  proves(
    'what was written arrives, though the writer closes at once',
    ['waiting', 'at once'],
    async (left, right) => {
      const taken = fillUp(left, 5000);
      left.close();
      expectBytes(await coRun(() => readToTheEnd(right)), taken);
    },
  );
}
