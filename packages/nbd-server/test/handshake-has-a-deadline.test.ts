import { VirtualClock } from '@coaio/aio-context';
import { expect, test } from 'vitest';
import { RawClient, read } from './support/raw-client.js';
import { serverOf, smallDisk } from './support/servers.js';

const MS = 1e6;
const HALF = Buffer.from('0000000349484156454f5054', 'hex');

test.each([0, 4, 12])('a client that falls silent after %i bytes is dropped after 10 s', async (sent) => {
  const clock = new VirtualClock();
  const { server, complaints } = serverOf(smallDisk(), { clock });
  const client = RawClient.greeted(server);
  await client.send(HALF.subarray(0, sent));
  clock.advance(9_999 * MS);
  expect(complaints).toEqual([]);
  clock.advance(1 * MS);
  await client.served;
  const message = 'handshake: the client did not choose an export within 10000 ms';
  expect(complaints).toMatchObject([{ error: { code: 'NBD_HANDSHAKE_TIMEOUT', fault: 'peer', message } }]);
});

test('one that drips does not put it off', async () => {
  const clock = new VirtualClock();
  const { server, complaints } = serverOf(smallDisk(), { clock, handshakeTimeoutMs: 100 });
  const client = RawClient.greeted(server);
  for (let at = 0; at < 10; at++) {
    await client.send(HALF.subarray(at, at + 1));
    clock.advance(10 * MS);
  }
  await client.served;
  expect(complaints).toHaveLength(1);
});

test('after the handshake there is none', async () => {
  const clock = new VirtualClock();
  const { server, complaints } = serverOf(smallDisk(), { clock });
  const client = await RawClient.open(server);
  clock.advance(3_600_000 * MS);
  await client.send(read(1, 0, 5));
  expect((await client.reply()).error).toBe(0);
  expect(complaints).toEqual([]);
  await client.disconnect();
});

test('0 switches it off', async () => {
  const clock = new VirtualClock();
  const { server } = serverOf(smallDisk(), { clock, handshakeTimeoutMs: 0 });
  const client = RawClient.greeted(server);
  clock.advance(3_600_000 * MS);
  await client.handshake();
  await client.disconnect();
});
