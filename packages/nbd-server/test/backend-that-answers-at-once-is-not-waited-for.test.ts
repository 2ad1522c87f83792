import { getMainAioContext } from '@coaio/aio-context';
import { coRun } from '@coaio/coroutine';
import { REQUEST_SIZE } from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import type { NbdBackend } from '../src/index.js';
import { flush, pattern, RawClient, read, write } from './support/raw-client.js';
import { serverOf, smallDisk } from './support/servers.js';

const copying: NbdBackend = {
  size: 4096,
  read: (_, target) => void target.fill(1),
  write: () => {},
  flush: () => {},
};

test.each([
  ['memory', smallDisk()],
  ['any backend', copying],
])('%s: no promise, no microtask, no yield', async (_, backend) => {
  const client = await RawClient.open(serverOf(backend).server);
  let microtaskRan = false;
  let answer = 0;
  queueMicrotask(() => {
    microtaskRan = true;
  });
  void coRun(() =>
    client.channel.writevAll([Buffer.concat([read(1, 0, 4), write(2, 0, pattern(4)), flush(3)])]),
  );
  void coRun(function* () {
    answer = yield* client.channel.readv([new Uint8Array(4096)]);
  });
  // The batch leaves at the end of the turn, which is this poll.
  getMainAioContext().poll();
  expect({ answer, microtaskRan }).toEqual({ answer: REQUEST_SIZE + 4 + 16 + 16, microtaskRan: false });
  await client.disconnect();
});
