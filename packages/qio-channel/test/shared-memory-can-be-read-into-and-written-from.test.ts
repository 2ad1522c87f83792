import { coRun } from '@coaio/coroutine';
import { expect, test } from 'vitest';
import { loopback, socketPair } from './support/socket-pair.js';

test('both ends use a SharedArrayBuffer', async () => {
  const [left, right] = await socketPair(loopback);
  const from = new Uint8Array(new SharedArrayBuffer(300_000)).fill(5);
  const into = new Uint8Array(new SharedArrayBuffer(300_000));
  await Promise.all([coRun(() => right.readvAll([into])), coRun(() => left.writevAll([from]))]);
  expect(into.every((byte) => byte === 5)).toBe(true);
  left.close();
  right.close();
});
