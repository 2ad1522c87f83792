import { coRun } from '@coaio/coroutine';
import { expect } from 'vitest';
import { expectBytes, MORE_THAN_FITS, pattern, readExactly, readToTheEnd } from '../bytes.js';
import type { Suite } from '../suite.js';

const SHUT_DOWN = { code: 'QIO_CHANNEL_SHUT_DOWN' };
const byte = (): Uint8Array[] => [new Uint8Array(1)];
const caught = (promise: Promise<unknown>): Promise<unknown> => promise.catch((error: unknown) => error);

export function shutdownAndClose({ proves }: Suite): void {
  for (const end of ['shutdown', 'close'] as const) {
    proves(`${end} wakes who reads and who writes`, ['waiting', 'both directions'], async (left) => {
      const reading = coRun(() => left.readv(byte()));
      const writing = caught(coRun(() => left.writevAll([pattern(MORE_THAN_FITS)])));
      if (end === 'close') left.close();
      else left.shutdown('both');
      expect(await reading).toBe(0);
      expect(await writing).toMatchObject(SHUT_DOWN);
      expect(await coRun(() => left.readv(byte()))).toBe(0);
      expect(await caught(coRun(() => left.writev(byte())))).toMatchObject(SHUT_DOWN);
    });

    proves(`${end} wakes who sits in a yield`, ['waiting'], async (left, right) => {
      const yielding = coRun(() => right.yield('in'));
      const writing = caught(coRun(() => left.writevAll([pattern(MORE_THAN_FITS)])));
      for (const channel of [left, right]) {
        if (end === 'close') channel.close();
        else channel.shutdown('both');
      }
      await yielding;
      expect(await writing).toMatchObject({ name: 'QIOChannelError' });
    });
  }

  proves(
    'shutdown of reading wakes the reader alone, and writing goes on',
    ['waiting', 'both directions'],
    async (left, right) => {
      const reading = coRun(() => left.readv(byte()));
      const bytes = pattern(MORE_THAN_FITS);
      const writing = coRun(() => left.writevAll([bytes]));
      left.shutdown('read');
      expect(await reading).toBe(0);
      expect(await coRun(() => left.readv(byte()))).toBe(0);
      expectBytes(await coRun(() => readExactly(right, bytes.length)), bytes);
      await writing;
    },
  );

  proves(
    'shutdown of reading is the end, also of what has arrived',
    ['waiting', 'at once'],
    async (left, right) => {
      await coRun(() => left.writevAll([pattern(10)]));
      await coRun(() => readExactly(right, 1));
      right.shutdown('read');
      expect(await coRun(() => right.readv(byte()))).toBe(0);
      expect(right.tryReadv(byte())).toBe(0);
    },
  );

  proves(
    'shutdown of writing leaves the reader waiting, and it reads',
    ['waiting', 'half-close', 'both directions'],
    async (left, right) => {
      const reading = coRun(() => readExactly(left, 3));
      left.shutdown('write');
      await coRun(() => right.writevAll([pattern(3)]));
      expectBytes(await reading, pattern(3));
    },
  );

  proves(
    'shutdown of writing under a writer that waits gives it an error',
    ['waiting', 'half-close'],
    async (left, right) => {
      const bytes = pattern(MORE_THAN_FITS);
      const writing = caught(coRun(() => left.writevAll([bytes])));
      const head = await coRun(() => readExactly(right, 1));
      left.shutdown('write');
      expect(await writing).toMatchObject(SHUT_DOWN);
      const rest = await caught(coRun(() => readToTheEnd(right)));
      if (rest instanceof Uint8Array) {
        expectBytes(Buffer.concat([head, rest]), bytes.subarray(0, 1 + rest.length));
      } else expect(rest).toMatchObject({ code: expect.stringMatching(/^QIO_CHANNEL_(IO|TLS_TRUNCATED)$/) });
    },
  );

  proves('shutdown and close may come again, in any order', [], async (left, right) => {
    left.shutdown('write');
    left.shutdown('write');
    left.shutdown('read');
    left.shutdown('both');
    left.close();
    left.shutdown('both');
    left.close();
    expect(await coRun(() => right.readv(byte()))).toBe(0);
    right.close();
    right.close();
  });

  proves('a coroutine closes the channel that it reads', [], async (left, right) => {
    await coRun(() => left.writevAll([pattern(2)]));
    const outcome = await coRun(function* () {
      yield* readExactly(right, 2);
      right.close();
      const count = yield* right.readv(byte());
      right.close();
      return count;
    });
    expect(outcome).toBe(0);
  });

  proves('a coroutine closes the channel that another one reads', ['waiting'], async (left, right) => {
    const order: string[] = [];
    const reading = coRun(function* () {
      const count = yield* right.readv(byte());
      order.push('reader');
      return count;
    });
    await coRun(function* () {
      right.close();
      order.push('closer');
    });
    expect(await reading).toBe(0);
    expect(order).toEqual(['closer', 'reader']);
    left.close();
  });
}
