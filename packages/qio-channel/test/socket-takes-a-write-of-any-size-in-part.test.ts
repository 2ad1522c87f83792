import { coRun } from '@coaio/coroutine';
import { expect, test } from 'vitest';
import { loopback, socketPair } from './support/socket-pair.js';

test.each([
  ['one piece that Node would refuse', [2 ** 31]],
  ['one piece that is empty to libuv', [2 ** 32]],
  ['a piece behind another', [1, 2 ** 32]],
])('%s', async (_what, lengths) => {
  const [writer, reader] = await socketPair(loopback);
  // Memory that is not touched costs nothing.
  const iov = lengths.map((length) => new Uint8Array(length));
  const count = await coRun(() => writer.writev(iov));
  expect(count).toBeGreaterThan(1);
  await coRun(() => reader.readvAll([new Uint8Array(count)]));
  writer.close();
  reader.close();
});
