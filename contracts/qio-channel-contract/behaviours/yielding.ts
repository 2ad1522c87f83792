import { coRun } from '@coaio/coroutine';
import { QIO_CHANNEL_ERR_BLOCK } from '@coaio/qio-channel';
import { expect } from 'vitest';
import { expectBytes, pattern, readExactly, until } from '../bytes.js';
import type { Suite } from '../suite.js';

export function yielding({ proves }: Suite): void {
  proves('yield in returns once there is something to read', ['waiting'], async (left, right) => {
    let returned = false;
    const waiting = coRun(function* () {
      yield* right.yield('in');
      returned = true;
      return yield* readExactly(right, 2);
    });
    await new Promise(setImmediate);
    expect(returned).toBe(false);
    await coRun(() => left.writevAll([pattern(2)]));
    expectBytes(await waiting, pattern(2));
  });

  proves('yield in returns at the end, again and again', [], async (left, right) => {
    left.close();
    await coRun(() => right.yield('in'));
    expect(await coRun(() => right.readv([new Uint8Array(1)]))).toBe(0);
    await coRun(() => right.yield('in'));
  });

  proves('yield out returns where there is room, and after the end', [], async (left) => {
    await coRun(() => left.yield('out'));
    expect(await coRun(() => left.writev([pattern(1)]))).toBe(1);
    left.close();
    await coRun(() => left.yield('out'));
  });

  proves('wakeRead has a yield come back early', ['waiting'], async (left, right) => {
    const waiting = coRun(() => right.yield('in'));
    right.wakeRead();
    await waiting;
    await coRun(() => left.writevAll([pattern(3)]));
    expectBytes(await coRun(() => readExactly(right, 3)), pattern(3));
  });

  proves(
    'a readv that wakeRead wakes goes on waiting, and reads what comes',
    ['waiting'],
    async (left, right) => {
      let count = -1;
      const target = new Uint8Array(8);
      const reading = coRun(function* () {
        count = yield* right.readv([target]);
      });
      for (let times = 0; times < 3; times++) {
        right.wakeRead();
        right.wakeRead();
        await new Promise(setImmediate);
      }
      expect(count).toBe(-1);
      await coRun(() => left.writevAll([pattern(1)]));
      await reading;
      expect(count).toBe(1);
      expectBytes(target.subarray(0, 1), pattern(1));
    },
  );

  proves(
    'wakeRead ends a wakeable readv, whose memory is not touched by what comes later',
    ['waiting'],
    async (left, right) => {
      const given = new Uint8Array(64);
      let first = 0;
      let woken = 0;
      const reading = coRun(function* () {
        // The second read begins in the event that brought the bytes of the first.
        first = yield* right.readv([new Uint8Array(64)], { wakeable: true });
        woken = yield* right.readv([given], { wakeable: true });
      });
      await coRun(() => left.writevAll([pattern(3)]));
      await until(() => first === 3);
      // A channel that comes late may not wait yet.
      await until(() => {
        right.wakeRead();
        return woken !== 0;
      });
      await reading;
      expect(woken).toBe(QIO_CHANNEL_ERR_BLOCK);
      await coRun(() => left.writevAll([pattern(20, 3)]));
      expectBytes(await coRun(() => readExactly(right, 20)), pattern(20, 3));
      expect(given.every((byte) => byte === 0)).toBe(true);
    },
  );

  proves('a wakeable readv that is woken time and again misses nothing', ['waiting'], async (left, right) => {
    const bytes = pattern(2000);
    const got: number[] = [];
    const reading = coRun(function* () {
      const target = new Uint8Array(100);
      while (got.length < bytes.length) {
        const count = yield* right.readv([target], { wakeable: true });
        if (count > 0) got.push(...target.subarray(0, count));
      }
    });
    const writing = coRun(function* () {
      for (let at = 0; at < bytes.length; at += 50) yield* left.writevAll([bytes.subarray(at, at + 50)]);
    });
    await until(() => {
      right.wakeRead();
      return got.length === bytes.length;
    });
    await Promise.all([reading, writing]);
    expectBytes(Uint8Array.from(got), bytes);
  });

  proves(
    'wakeRead without a waiter is no error, and is not kept for the next',
    ['waiting'],
    async (left, right) => {
      right.wakeRead();
      let returned = false;
      const waiting = coRun(() => right.yield('in')).then(() => {
        returned = true;
      });
      await new Promise(setImmediate);
      expect(returned).toBe(false);
      await coRun(() => left.writevAll([pattern(1)]));
      await until(() => returned);
      await waiting;
    },
  );
}
