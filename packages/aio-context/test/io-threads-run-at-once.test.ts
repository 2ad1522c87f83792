import { expect, test } from 'vitest';
import { entries, startIOThread } from './support/io-thread.js';

test('several threads run at the same time, each blocked until all are there', async () => {
  const names = ['a', 'b', 'c'];
  const threads = await Promise.all(names.map((name) => startIOThread(name)));
  const arrived = new Int32Array(new SharedArrayBuffer(4));
  const ids = await Promise.all(threads.map((thread) => thread.run(entries, 'meets', arrived, names.length)));
  expect(new Set(ids).size).toBe(names.length);
  const contexts = await Promise.all(threads.map((thread) => thread.run(entries, 'contextAfterAwait')));
  expect(contexts).toEqual(names);
});
