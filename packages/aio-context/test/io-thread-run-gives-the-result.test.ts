import { expect, test } from 'vitest';
import { entries, startIOThread } from './support/io-thread.js';

test('arguments and result are cloned', async () => {
  const thread = await startIOThread();
  const args = [1, 2n, 'three', { four: [4] }, new Uint8Array([5]), undefined, null];
  const echoed = await thread.run<unknown[]>(entries, 'echo', ...args);
  expect(echoed).toEqual(args);
  expect(echoed[3]).not.toBe(args[3]);
});

test('a module may be given as text, and results go to the runs that asked', async () => {
  const thread = await startIOThread();
  const results = await Promise.all([
    thread.run(entries.href, 'contextAfterAwait'),
    thread.run(entries.href, 'echo', 'a'),
    thread.run(entries.href, 'echo', 'b'),
  ]);
  expect(results).toEqual(['io', ['a'], ['b']]);
});

test('shared memory stays shared', async () => {
  const thread = await startIOThread();
  const arrived = new Int32Array(new SharedArrayBuffer(4));
  await thread.run(entries, 'meets', arrived, 1);
  expect(arrived[0]).toBe(1);
});
