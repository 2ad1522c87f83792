import { coRun } from '@coaio/coroutine';
import { QIOChannelPair, ReadWindow } from '@coaio/qio-channel';
import fc from 'fast-check';
import { expect, test } from 'vitest';

/** The ways to consume, each with how many bytes. */
const step = fc.record({
  way: fc.constantFrom('take', 'skip', 'direct'),
  length: fc.oneof(fc.nat(50), fc.nat(40_000), fc.integer({ min: 150_000, max: 200_000 })),
});

test('take, skip and direct use consume the same bytes in any mixture', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 12 }),
      fc.oneof(fc.integer({ min: 1, max: 70_000 }), fc.constant(512 * 1024)),
      async (steps, maxTransfer) => {
        const total = steps.reduce((sum, { length }) => sum + length, 0);
        const stream = Uint8Array.from({ length: total }, (_, index) => index % 251);
        const [writer, reader] = QIOChannelPair.open({ maxTransfer });
        const window = new ReadWindow(reader, 256 * 1024);
        const consumed = coRun(function* () {
          const taken: { at: number; bytes: Uint8Array }[] = [];
          let at = 0;
          for (const { way, length } of steps) {
            const bytes = new Uint8Array(length);
            if (way === 'skip') expect(yield* window.skip(length)).toBe(true);
            else if (way === 'take') expect(yield* window.take(bytes)).toBe(true);
            else {
              while (window.available < length) expect(yield* window.fill()).toBeGreaterThan(0);
              bytes.set(window.bytes.subarray(window.at, window.at + length));
              window.at += length;
            }
            if (way !== 'skip') taken.push({ at, bytes });
            at += length;
          }
          return taken;
        });
        await coRun(() => writer.writevAll([stream]));
        for (const { at, bytes } of await consumed) {
          expect(Buffer.compare(bytes, stream.subarray(at, at + bytes.length))).toBe(0);
        }
      },
    ),
    { numRuns: 50 },
  );
});

test('the end of the stream is told, not waited for', async () => {
  const [writer, reader] = QIOChannelPair.open();
  const window = new ReadWindow(reader);
  await coRun(() => writer.writevAll([new Uint8Array(3)]));
  writer.close();
  expect(await coRun(() => window.take(new Uint8Array(4)))).toBe(false);
  expect(await coRun(() => window.skip(1))).toBe(false);
  expect(await coRun(() => window.fill())).toBe(0);
});
