import { coRun } from '@coaio/coroutine';
import { expect, test } from 'vitest';
import { loopback, socketPair } from './support/socket-pair.js';

test('after shutdown of reading, what the peer sends lands nowhere', async () => {
  const [left, right] = await socketPair(loopback);
  const target = new Uint8Array(1000);
  let waits = false;
  const reading = coRun(function* () {
    // The second read begins in the event that brought the first byte: the event loop has asked for its memory already.
    yield* left.readv([new Uint8Array(1)]);
    waits = true;
    return yield* left.readv([target]);
  });
  await coRun(() => right.writevAll([new Uint8Array(1)]));
  while (!waits) await new Promise(setImmediate);
  left.shutdown('read');
  expect(await reading).toBe(0);
  await coRun(() => right.writevAll([new Uint8Array(1000).fill(7)]));
  // The other direction still works; by the time its bytes are here, those would be too.
  await coRun(() => left.writevAll([new Uint8Array(10)]));
  await coRun(() => right.readvAll([new Uint8Array(10)]));
  await new Promise(setImmediate);
  expect(target.every((byte) => byte === 0)).toBe(true);
  left.close();
  right.close();
});
