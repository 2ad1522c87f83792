import { createHash } from 'node:crypto';
import { type Co, coRun } from '@coaio/coroutine';
import type { QIOChannel } from '@coaio/qio-channel';
import { expect } from 'vitest';
import { pattern } from '../bytes.js';
import { SeededRandom, withSeed } from '../faults/seeded-random.js';
import type { Suite } from '../suite.js';

const TOTAL = 2_000_000;

/** Sizes of which many are small and some are more than a buffer. */
function size(random: SeededRandom): number {
  return random.between(0, 9) === 0 ? random.between(1, 300_000) : random.between(0, 3000);
}

function pieces(random: SeededRandom, bytes: Uint8Array): Uint8Array[] {
  const at = random.between(0, bytes.length);
  return [bytes.subarray(0, at), bytes.subarray(at)];
}

function* send(channel: QIOChannel, random: SeededRandom): Co<string> {
  const hash = createHash('sha256');
  for (let sent = 0; sent < TOTAL; ) {
    const bytes = pattern(Math.min(size(random), TOTAL - sent), random.between(0, 1000));
    hash.update(bytes);
    if (random.between(0, 9) === 0) channel.setCork(random.between(0, 1) === 0);
    yield* channel.writevAll(pieces(random, bytes));
    sent += bytes.length;
    // It must not matter what becomes of the memory after the call.
    bytes.fill(0xee);
  }
  channel.setCork(false);
  return hash.digest('hex');
}

function* receive(channel: QIOChannel, random: SeededRandom): Co<string> {
  const hash = createHash('sha256');
  for (let got = 0; got < TOTAL; ) {
    const bytes = new Uint8Array(Math.min(size(random), TOTAL - got));
    if (random.between(0, 1) === 0) {
      yield* channel.readvAll(pieces(random, bytes));
      hash.update(bytes);
      got += bytes.length;
    } else {
      const count = yield* channel.readv(pieces(random, bytes));
      hash.update(bytes.subarray(0, count));
      got += count;
    }
  }
  return hash.digest('hex');
}

export function randomTraffic({ openPair, proves }: Suite): void {
  proves(
    'random sizes in both directions at once arrive as they were sent',
    ['both directions', 'waiting'],
    async () => {
      await withSeed([1, 2], async (seed) => {
        const [left, right] = await openPair();
        const random = (index: number): SeededRandom => new SeededRandom(seed * 4 + index);
        const [sentThere, sentBack, gotThere, gotBack] = await Promise.all([
          coRun(() => send(left, random(0))),
          coRun(() => send(right, random(1))),
          coRun(() => receive(right, random(2))),
          coRun(() => receive(left, random(3))),
        ]);
        expect([gotThere, gotBack]).toEqual([sentThere, sentBack]);
      });
    },
  );
}
