import { coRun } from '@coaio/coroutine';
import { expect, test } from 'vitest';
import { loopback, socketPair } from './support/socket-pair.js';

// The overflow buffer has 64 KiB: more than that in one read can only have come straight to its place.
const OVERFLOW_SIZE = 64 * 1024;

test('a reader that waits gets more at once than any buffer in between holds', async () => {
  const [left, right] = await socketPair(loopback);
  const target = new Uint8Array(8 << 20);
  const counts: number[] = [];
  const reading = coRun(function* () {
    for (let at = 0; at < target.length; ) {
      const count = yield* right.readv([target.subarray(at)]);
      counts.push(count);
      at += count;
    }
  });
  await Promise.all([reading, coRun(() => left.writevAll([new Uint8Array(target.length).fill(7)]))]);
  expect(Math.max(...counts)).toBeGreaterThan(OVERFLOW_SIZE);
  expect(target.every((byte) => byte === 7)).toBe(true);
  left.close();
  right.close();
});
