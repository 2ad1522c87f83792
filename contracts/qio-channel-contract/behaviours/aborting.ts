import { coRun } from '@coaio/coroutine';
import type { IOOptions, QIOChannel } from '@coaio/qio-channel';
import { expect } from 'vitest';
import { expectBytes, fillUp, MORE_THAN_FITS, pattern, readExactly, readToTheEnd, until } from '../bytes.js';
import type { Suite } from '../suite.js';

type Call = readonly [name: string, call: (channel: QIOChannel, options: IOOptions) => Promise<unknown>];

const READS: readonly Call[] = [
  ['readv', (channel, options) => coRun(() => channel.readv([new Uint8Array(9)], options))],
  ['readvAll', (channel, options) => coRun(() => channel.readvAll([new Uint8Array(9)], options))],
  ['readvAllEof', (channel, options) => coRun(() => channel.readvAllEof([new Uint8Array(9)], options))],
  ['yield in', (channel, options) => coRun(() => channel.yield('in', options))],
];

const WRITES: readonly Call[] = [
  ['writev', (channel, options) => coRun(() => channel.writev([pattern(9)], options))],
  ['writevAll', (channel, options) => coRun(() => channel.writevAll([pattern(9)], options))],
  ['yield out', (channel, options) => coRun(() => channel.yield('out', options))],
];

export function aborting({ proves }: Suite): void {
  for (const [name, call] of READS) {
    proves(
      `a signal that has aborted ends ${name} before it begins, and nothing is read`,
      [],
      async (left, right) => {
        await coRun(() => left.writevAll([pattern(9)]));
        await expect(call(right, { signal: AbortSignal.abort('enough') })).rejects.toBe('enough');
        expectBytes(await coRun(() => readExactly(right, 9)), pattern(9));
      },
    );

    proves(
      `a signal ends the wait of ${name}, and the next read gets what comes`,
      ['waiting'],
      async (left, right) => {
        const giveUp = new AbortController();
        const waiting = call(right, { signal: giveUp.signal });
        await new Promise(setImmediate);
        giveUp.abort('enough');
        await expect(waiting).rejects.toBe('enough');
        await coRun(() => left.writevAll([pattern(9)]));
        expectBytes(await coRun(() => readExactly(right, 9)), pattern(9));
      },
    );
  }

  for (const [name, call] of WRITES) {
    proves(
      `a signal that has aborted ends ${name} before it begins, and nothing is written`,
      [],
      async (left, right) => {
        await expect(call(left, { signal: AbortSignal.abort('enough') })).rejects.toBe('enough');
        await coRun(() => left.writevAll([pattern(2)]));
        left.close();
        expectBytes(await coRun(() => readToTheEnd(right)), pattern(2));
      },
    );
  }

  proves('memory of an aborted read is not touched by what comes later', ['waiting'], async (left, right) => {
    const giveUp = new AbortController();
    const given = new Uint8Array(64);
    let first = 0;
    const reading = coRun(function* () {
      // The second read begins in the event that brought the bytes of the first.
      first = yield* right.readv([new Uint8Array(64)]);
      yield* right.readv([given], giveUp);
    });
    await coRun(() => left.writevAll([pattern(3)]));
    await until(() => first === 3);
    giveUp.abort('enough');
    await expect(reading).rejects.toBe('enough');
    await coRun(() => left.writevAll([pattern(20, 3)]));
    expectBytes(await coRun(() => readExactly(right, 20)), pattern(20, 3));
    expect(given.every((byte) => byte === 0)).toBe(true);
  });

  proves(
    'an aborted readvAll has read a part, and the stream goes on after it',
    ['waiting'],
    async (left, right) => {
      const giveUp = new AbortController();
      const target = new Uint8Array(1000);
      const reading = coRun(() => right.readvAll([target], { signal: giveUp.signal }));
      await coRun(() => left.writevAll([pattern(300)]));
      await until(() => target[1] !== 0);
      giveUp.abort('enough');
      await expect(reading).rejects.toBe('enough');
      await coRun(() => left.writevAll([pattern(500, 300)]));
      left.close();
      const rest = await coRun(() => readToTheEnd(right));
      const part = 800 - rest.length;
      expectBytes(target.subarray(0, part), pattern(part));
      expectBytes(rest, pattern(rest.length, part));
      expect(target.subarray(part).every((byte) => byte === 0)).toBe(true);
    },
  );

  proves(
    'an aborted writev has moved nothing or says how much; the next one goes on after it',
    ['waiting'],
    async (left, right) => {
      const bytes = pattern(MORE_THAN_FITS);
      let written = 0;
      let aborts = 0;
      let reading: Promise<Uint8Array> | null = null;
      while (written < bytes.length) {
        const giveUp = new AbortController();
        const writing = coRun(() => left.writev([bytes.subarray(written)], { signal: giveUp.signal }));
        // A few times while nobody reads, then the reader comes.
        if (aborts < 5) giveUp.abort('enough');
        else reading ??= coRun(() => readExactly(right, bytes.length));
        const count = await writing.catch((reason: unknown) => reason);
        if (count === 'enough') aborts++;
        else written += count as number;
      }
      expect(aborts).toBe(5);
      if (reading === null) throw new Error('nobody read');
      expectBytes(await reading, bytes);
    },
  );

  proves(
    'an aborted writevAll has sent a prefix, and the next write comes after that',
    ['waiting'],
    async (left, right) => {
      const bytes = pattern(MORE_THAN_FITS);
      const giveUp = new AbortController();
      const writing = coRun(() => left.writevAll([bytes], { signal: giveUp.signal }));
      const head = await coRun(() => readExactly(right, 1000));
      giveUp.abort('enough');
      await expect(writing).rejects.toBe('enough');
      // The memory is the caller's again.
      const sent = bytes.slice();
      bytes.fill(0);
      const tail = Buffer.from('and then this');
      const rest = coRun(() => readToTheEnd(right));
      await coRun(() => left.writevAll([tail]));
      left.close();
      const all = Buffer.concat([head, await rest]);
      expectBytes(all.subarray(-tail.length), tail);
      expectBytes(all.subarray(0, -tail.length), sent.subarray(0, all.length - tail.length));
    },
  );

  proves(
    'a signal ends the wait of yield out, and the next write works',
    ['waiting', 'at once'],
    async (left, right) => {
      const sent = fillUp(left, 100_000).length;
      const giveUp = new AbortController();
      const waiting = coRun(() => left.yield('out', { signal: giveUp.signal }));
      giveUp.abort('enough');
      await expect(waiting).rejects.toBe('enough');
      const reading = coRun(() => readExactly(right, sent + 10));
      await coRun(() => left.writevAll([pattern(10)]));
      expectBytes((await reading).subarray(sent), pattern(10));
    },
  );
}
