import { getMainAioContext } from '@coaio/aio-context';
import { coRun } from '@coaio/coroutine';
import { expect, test } from 'vitest';
import { loopback, socketPair } from './support/socket-pair.js';

test('close wakes the reader, and leaves what is scheduled to the event loop', async () => {
  const [left, right] = await socketPair(loopback);
  left.setFollowCoroutineCtx(true);
  const reading = coRun(() => left.readv([new Uint8Array(1)]));
  const ran: string[] = [];
  getMainAioContext().scheduleOneshot(() => ran.push('bottom half'));
  left.close();
  ran.push('close returned');
  expect(await reading).toBe(0);
  await new Promise(setImmediate);
  expect(ran).toEqual(['close returned', 'bottom half']);
  right.close();
});
