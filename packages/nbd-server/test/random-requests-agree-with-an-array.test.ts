import { setImmediate } from 'node:timers/promises';
import { NbdClient } from '@coaio/nbd-client';
import { QIOChannelPair } from '@coaio/qio-channel';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MemoryExport, type NbdBackend } from '../src/index.js';
import { serverOf } from './support/servers.js';

const SIZE = 50_000;

/** The same disk, whose operations take a while, each another one. */
function slow(disk: MemoryExport): NbdBackend {
  let calls = 0;
  const wait = async (): Promise<void> => {
    for (let turns = calls++ % 5; turns > 0; turns--) await setImmediate();
  };
  return {
    size: disk.size,
    read: (offset, target) => wait().then(() => disk.read(offset, target)),
    write: (offset, data) => wait().then(() => disk.write(offset, data)),
    flush: wait,
  };
}

const operation = fc.record({
  write: fc.boolean(),
  slot: fc.nat({ max: 9 }),
  offset: fc.nat({ max: 4000 }),
  length: fc.nat({ max: 1000 }),
  seed: fc.nat({ max: 255 }),
});

// Each slot is a range of its own: requests in flight at once must not overlap.
test.each([
  ['memory', (disk: MemoryExport): NbdBackend => disk],
  ['a backend of promises', slow],
])('%s', async (_, backendOf) => {
  const run = fc.asyncProperty(
    fc.array(fc.uniqueArray(operation, { selector: ({ slot }) => slot, maxLength: 10 }), { maxLength: 10 }),
    fc.integer({ min: 1, max: 5000 }),
    fc.boolean(),
    async (rounds, maxTransfer, structuredReplies) => {
      const disk = new MemoryExport(SIZE);
      const expected = new Uint8Array(SIZE);
      const { server } = serverOf(backendOf(disk), { structuredReplies, maxInFlight: 4 });
      const [channel, serverChannel] = QIOChannelPair.open({ maxTransfer: Math.max(50, maxTransfer) });
      const served = server.serveChannel(serverChannel);
      const client = await NbdClient.connect({ channel });
      for (const round of rounds) {
        await Promise.all(
          round.map(async ({ write, slot, offset, length, seed }) => {
            const at = slot * 5000 + offset;
            if (write) {
              expected.fill(seed, at, at + length);
              await client.write(at, new Uint8Array(length).fill(seed));
            } else {
              const wanted = Buffer.from(expected.subarray(at, at + length));
              expect(wanted.equals(await client.read(at, length))).toBe(true);
            }
          }),
        );
      }
      await client.close();
      await served;
      expect(Buffer.compare(disk.bytes, expected)).toBe(0);
    },
  );
  await fc.assert(run, { numRuns: process.env['COAIO_SOAK'] === undefined ? 50 : 2000 });
});
