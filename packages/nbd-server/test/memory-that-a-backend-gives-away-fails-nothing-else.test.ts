import { NBD_EIO } from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { FreeMemory } from '../src/free-memory.js';
import { FORMS } from './support/forms.js';
import { pattern, RawClient, read, write } from './support/raw-client.js';
import { serverOf } from './support/servers.js';

/** As a message to another thread does. */
function transfer(bytes: Uint8Array): void {
  structuredClone(bytes.buffer, { transfer: [bytes.buffer as ArrayBuffer] });
}

test.each(FORMS)('a read fails if nothing is left of its target: %s', async (_, options, request) => {
  for (const answer of [() => {}, () => Promise.resolve()]) {
    const { server } = serverOf({
      size: 2 ** 20,
      read(_offset, target) {
        transfer(target);
        return answer();
      },
    });
    const client = await RawClient.open(server, options);
    for (const length of [10, 100_000]) {
      await client.send(request(0, 1, 0, length));
      expect(await client.reply(length)).toMatchObject({ error: NBD_EIO });
    }
    await client.disconnect();
  }
});

test('a write may give its payload away', async () => {
  const { server } = serverOf({
    size: 2 ** 20,
    read: (_offset, target) => void target.fill(1),
    write: async (_offset, data) => transfer(data),
  });
  const client = await RawClient.open(server);
  for (const length of [10, 40_000, 300_000]) {
    // What comes behind a payload is not in its memory.
    await client.send(Buffer.concat([write(1, 0, pattern(length)), read(2, 0, 10)]));
    const replies = await client.replies(2);
    expect(replies.map(({ cookie, error }) => [cookie, error]).sort()).toEqual([
      [1, 0],
      [2, 0],
    ]);
  }
  await client.disconnect();
});

test('lost memory is no longer counted as used', () => {
  const free = new FreeMemory();
  const size = 2 ** 24;
  for (let time = 0; time < 3; time++) {
    free.use(size);
    free.lose(size);
  }
  const memories = [new Uint8Array(size), new Uint8Array(size)];
  for (const { length } of memories) free.use(length);
  for (const memory of memories) free.release(memory);
  // Kept is 16 MiB while nothing is in use.
  expect(free.take(size)).toBe(memories[0]);
  expect(free.take(size)).toBeUndefined();
});
