import { coRun } from '@coaio/coroutine';
import { expect } from 'vitest';
import { expectBytes, MORE_THAN_FITS, pattern, readExactly } from '../bytes.js';
import type { Suite } from '../suite.js';

export function transfers({ proves }: Suite): void {
  proves(
    'delivers what was written, in order, in both directions',
    ['both directions'],
    async (left, right) => {
      const there = pattern(100_000);
      const back = pattern(70_001).reverse();
      const [gotThere, gotBack] = await Promise.all([
        coRun(() => readExactly(right, there.length)),
        coRun(() => readExactly(left, back.length)),
        coRun(() => left.writevAll([there])),
        coRun(() => right.writevAll([back])),
      ]);
      expectBytes(gotThere, there);
      expectBytes(gotBack, back);
    },
  );

  proves('holds a writer back until somebody reads', ['waiting'], async (left, right) => {
    const bytes = pattern(MORE_THAN_FITS);
    let written = false;
    const writing = coRun(() => left.writevAll([bytes])).then(() => {
      written = true;
    });
    const head = await coRun(() => readExactly(right, 1));
    expect(written).toBe(false);
    const rest = await coRun(() => readExactly(right, MORE_THAN_FITS - 1));
    await writing;
    expectBytes(Buffer.concat([head, rest]), bytes);
  });

  proves('readv is short rather than waiting for all', [], async (left, right) => {
    await coRun(() => left.writevAll([pattern(10)]));
    const target = new Uint8Array(1000);
    const count = await coRun(() => right.readv([target]));
    expect(count).toBeGreaterThan(0);
    expect(count).toBeLessThanOrEqual(10);
    expectBytes(target.subarray(0, count), pattern(count));
    expect(target.subarray(count).every((byte) => byte === 0)).toBe(true);
  });

  proves('writev tells how many bytes it wrote, also when it is short', [], async (left, right) => {
    const bytes = pattern(MORE_THAN_FITS);
    const counts: number[] = [];
    const writing = coRun(function* () {
      for (let at = 0; at < bytes.length; ) {
        const count = yield* left.writev([bytes.subarray(at, at + 7), bytes.subarray(at + 7)]);
        counts.push(count);
        at += count;
      }
    });
    const [got] = await Promise.all([coRun(() => readExactly(right, bytes.length)), writing]);
    expectBytes(got, bytes);
    expect(Math.min(...counts)).toBeGreaterThan(0);
  });

  proves(
    'a coroutine that reads leaves the memory of its earlier reads alone',
    ['both directions', 'waiting'],
    async (left, right) => {
      const rounds = 30;
      const kept: Uint8Array[] = [];
      const reading = coRun(function* () {
        for (let round = 0; round < rounds; round++) {
          const memory = new Uint8Array(64);
          const count = yield* right.readv([memory]);
          kept.push(memory.subarray(0, count));
          yield* right.writevAll([Uint8Array.of(count)]);
        }
      });
      const answer = new Uint8Array(1);
      let sent = 0;
      for (let round = 0; round < rounds; round++) {
        const size = 1 + (round % 50);
        await coRun(() => left.writevAll([pattern(size, sent)]));
        await coRun(() => left.readvAll([answer]));
        expect(answer[0]).toBe(size);
        sent += size;
      }
      await reading;
      expectBytes(Buffer.concat(kept), pattern(sent));
    },
  );
}
