import { coRun } from '@coaio/coroutine';
import { QIOChannelPair } from '@coaio/qio-channel';
import { expect, test } from 'vitest';
import { ObservedChannel } from './support/observed-channel.js';
import { flush, pattern, RawClient, read, write } from './support/raw-client.js';
import { serverOf, smallDisk } from './support/servers.js';

test('64 requests that arrive together are answered together', async () => {
  const [channel, serverChannel] = QIOChannelPair.open({ capacity: 2 ** 20 });
  const observed = new ObservedChannel(serverChannel);
  const client = new RawClient(channel, serverOf(smallDisk()).server.serveChannel(observed));
  await client.handshake();
  const before = observed.writes.length;
  const requests = Array.from({ length: 62 }, (_, cookie) => read(cookie, cookie, 1000));
  // One piece, for a memory channel moves one piece at a time.
  const together = Buffer.concat([...requests, write(62, 0, pattern(10)), flush(63)]);
  await coRun(() => channel.writevAll([together]));
  await client.replies(64);
  expect(observed.writes.slice(before)).toEqual([62 * 1028 + 16 + 16]);
  await client.disconnect();
});
