import { coRun } from '@coaio/coroutine';
import { QIO_CHANNEL_ERR_BLOCK, type QIOChannel } from '@coaio/qio-channel';
import { expect } from 'vitest';
import { expectBytes, pattern, readExactly, readToTheEnd } from '../bytes.js';
import { BYTE_BY_BYTE, type Faults, NO_FAULTS, randomFaults } from '../faults/faults.js';
import { FaultyChannel } from '../faults/faulty-channel.js';
import { SeededRandom, withSeed } from '../faults/seeded-random.js';
import type { Suite } from '../suite.js';

async function arriveIntact(writer: QIOChannel, reader: QIOChannel, size: number): Promise<void> {
  const bytes = pattern(size);
  const reading = coRun(() => readExactly(reader, size));
  await coRun(() => writer.writevAll([bytes.subarray(0, size >> 1), bytes.subarray(size >> 1)]));
  expectBytes(await reading, bytes);
}

/** As a caller does who never lets the channel wait. */
async function arriveByTrying(writer: QIOChannel, reader: QIOChannel, size: number): Promise<void> {
  const bytes = pattern(size);
  const target = new Uint8Array(size);
  let [written, got] = [0, 0];
  while (got < size) {
    if (written < size) written += Math.max(0, writer.tryWritev([bytes.subarray(written)]));
    const count = reader.tryReadv([target.subarray(got)]);
    if (count === QIO_CHANNEL_ERR_BLOCK) await new Promise(setImmediate);
    else if (count === 0) throw new Error(`the end after ${got} bytes`);
    else got += count;
  }
  expectBytes(target, bytes);
}

export function whateverTheFaults({ openPair, proves }: Suite): void {
  const wrapped = async (reads: Faults, writes: Faults): Promise<readonly [QIOChannel, QIOChannel]> => {
    const [left, right] = await openPair();
    return [new FaultyChannel(left, NO_FAULTS, writes), new FaultyChannel(right, reads, NO_FAULTS)];
  };

  proves(
    'bytes arrive intact though every read and write moves one byte',
    ['waiting', 'at once'],
    async () => {
      await arriveIntact(...(await wrapped(BYTE_BY_BYTE, BYTE_BY_BYTE)), 3000);
      await arriveByTrying(...(await wrapped(BYTE_BY_BYTE, BYTE_BY_BYTE)), 500);
    },
  );

  proves('bytes arrive intact wherever a read and a write are split', ['waiting'], async () => {
    for (let at = 1; at < 24; at++) {
      const splitAt = (first: number): Faults => {
        let calls = 0;
        return { ...NO_FAULTS, atMost: () => (calls++ === 0 ? first : Number.POSITIVE_INFINITY) };
      };
      await arriveIntact(...(await wrapped(splitAt(at), splitAt(24 - at))), 24);
    }
  });

  proves(
    'bytes arrive intact through reads and writes that are short and late by chance',
    ['waiting', 'at once'],
    async () => {
      await withSeed([3, 4], async (seed) => {
        const random = new SeededRandom(seed);
        await arriveIntact(...(await wrapped(randomFaults(random), randomFaults(random))), 100_000);
        await arriveByTrying(...(await wrapped(randomFaults(random), randomFaults(random))), 50_000);
      });
    },
  );

  proves('what comes after an abort is intact whatever the faults', ['waiting'], async () => {
    await withSeed([5, 6], async (seed) => {
      const random = new SeededRandom(seed);
      const [writer, reader] = await wrapped(randomFaults(random), randomFaults(random));
      const writing = coRun(() => writer.writevAll([pattern(20_000)])).then(() => writer.close());
      const parts: Uint8Array[] = [];
      for (let times = 0; times < 20; times++) {
        const giveUp = new AbortController();
        const target = new Uint8Array(random.between(1, 3000));
        const reading = coRun(() => reader.readv([target], { signal: giveUp.signal }));
        for (let turns = random.between(0, 3); turns > 0; turns--) await new Promise(setImmediate);
        giveUp.abort('enough');
        const outcome = await reading.catch((reason: unknown) => reason);
        if (outcome === 'enough') expect(target.every((byte) => byte === 0)).toBe(true);
        else parts.push(target.subarray(0, outcome as number));
      }
      parts.push(await coRun(() => readToTheEnd(reader)));
      await writing;
      expectBytes(Buffer.concat(parts), pattern(20_000));
    });
  });
}
