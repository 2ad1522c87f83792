import { VirtualClock } from '@coaio/aio-context';
import { expect, test } from 'vitest';
import { injectDelays, MemoryExport } from '../src/index.js';
import { flush, pattern, RawClient, read, write } from './support/raw-client.js';
import { serverOf } from './support/servers.js';

const NS_PER_MS = 1e6;

test('what is delayed is overtaken, and done when its time has come', async () => {
  const clock = new VirtualClock();
  const disk = MemoryExport.from(pattern(4096));
  const slow = injectDelays(
    disk,
    [
      { operation: 'write', delayMs: 50 },
      { operation: 'read', offset: 0, length: 10, nth: 1, delayMs: 20 },
    ],
    { clock },
  );
  const client = await RawClient.open(serverOf(slow).server);
  await client.send(write(1, 0, new Uint8Array(5)), read(2, 0, 10), read(3, 0, 10), flush(4));
  expect((await client.replies(2)).map(({ cookie }) => cookie)).toEqual([3, 4]);
  clock.advance(20 * NS_PER_MS);
  expect(await client.reply()).toMatchObject({ cookie: 2, data: pattern(10) });
  expect(disk.bytes[0]).toBe(pattern(1)[0]);
  clock.advance(30 * NS_PER_MS - 1);
  await client.send(read(5, 20, 1));
  expect((await client.reply()).cookie).toBe(5);
  clock.advance(1);
  expect((await client.reply()).cookie).toBe(1);
  expect(disk.bytes[0]).toBe(0);
  await client.disconnect();
});

test.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('a delay of %d ms is refused', (delayMs) => {
  expect(() => injectDelays(new MemoryExport(1), [{ delayMs }])).toThrow(/is not a time from 0 on/);
});
