import { coRun } from '@coaio/coroutine';
import type { QIOChannel } from '@coaio/qio-channel';
import { expect } from 'vitest';
import { expectBytes, MORE_THAN_FITS, pattern, readExactly } from '../bytes.js';
import type { Suite } from '../suite.js';

function busy(...names: string[]): object {
  const message = new RegExp(names.map((name) => `"${name}"`).join('.*'));
  return { code: 'QIO_CHANNEL_BUSY', message: expect.stringMatching(message) };
}

export function oneAtATime({ proves }: Suite): void {
  const byte = (): Uint8Array[] => [new Uint8Array(1)];

  proves(
    'refuses a second reader, naming both, and the first goes on',
    ['waiting', 'at once'],
    async (left, right) => {
      const first = coRun(() => readExactly(right, 3), { name: 'first' });
      const asSecond = (entry: () => ReturnType<QIOChannel['readv']>): Promise<unknown> =>
        coRun(entry, { name: 'second' });
      await expect(asSecond(() => right.readv(byte()))).rejects.toMatchObject(busy('second', 'first'));
      await expect(coRun(() => right.readvAllEof(byte()), { name: 'second' })).rejects.toMatchObject(
        busy('second', 'first'),
      );
      await expect(coRun(() => right.yield('in'), { name: 'second' })).rejects.toMatchObject(
        busy('second', 'first'),
      );
      expect(() => right.tryReadv(byte())).toThrow(expect.objectContaining(busy('first')));
      await coRun(() => left.writevAll([pattern(3)]));
      expectBytes(await first, pattern(3));
    },
  );

  proves(
    'refuses a second writer, naming both, and the first goes on',
    ['waiting', 'at once'],
    async (left, right) => {
      const bytes = pattern(MORE_THAN_FITS);
      const first = coRun(() => left.writevAll([bytes]), { name: 'first' });
      await expect(coRun(() => left.writev(byte()), { name: 'second' })).rejects.toMatchObject(
        busy('second', 'first'),
      );
      await expect(coRun(() => left.writevAll(byte()), { name: 'second' })).rejects.toMatchObject(
        busy('second', 'first'),
      );
      await expect(coRun(() => left.yield('out'), { name: 'second' })).rejects.toMatchObject(
        busy('second', 'first'),
      );
      expect(() => left.tryWritev(byte())).toThrow(expect.objectContaining(busy('first')));
      expectBytes(await coRun(() => readExactly(right, bytes.length)), bytes);
      await first;
    },
  );

  proves(
    'one coroutine reads while another writes the same channel',
    ['both directions', 'waiting'],
    async (left, right) => {
      const reading = coRun(() => readExactly(left, 4));
      await coRun(() => left.writevAll([pattern(4)]));
      expectBytes(await coRun(() => readExactly(right, 4)), pattern(4));
      await coRun(() => right.writevAll([pattern(4, 9)]));
      expectBytes(await reading, pattern(4, 9));
    },
  );
}
