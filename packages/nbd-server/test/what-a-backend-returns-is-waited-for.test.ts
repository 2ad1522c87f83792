import { type Co, coAwait, inCoroutine } from '@coaio/coroutine';
import { NBD_CMD_CACHE, NBD_CMD_TRIM, NBD_CMD_WRITE_ZEROES, NBD_EPERM } from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { flush, pattern, RawClient, read, request, write } from './support/raw-client.js';
import { serverOf } from './support/servers.js';
import { ToldDisk } from './support/told-disk.js';

const COMMANDS = [
  read(1, 0, 8),
  write(2, 0, pattern(8)),
  flush(3),
  request(NBD_CMD_TRIM, 4, 0, 8),
  request(NBD_CMD_WRITE_ZEROES, 5, 0, 8),
  request(NBD_CMD_CACHE, 6, 0, 8),
];
const COOKIES = [1, 2, 3, 4, 5, 6];
const refused = (): Error => Object.assign(new Error('not today'), { code: 'EROFS' });

test.each([
  ['a promise', (gate: Promise<void>) => gate],
  [
    'a coroutine',
    function* (gate: Promise<void>): Co<void> {
      expect(inCoroutine()).toBe(true);
      yield* coAwait(gate);
    },
  ],
])('%s', async (_, answer) => {
  const disk = new ToldDisk();
  let open: () => void = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  disk.answer = () => answer(gate);
  const client = await RawClient.open(serverOf(disk).server);
  let replied = 0;
  const replies = client.replies(6).finally(() => {
    replied = 6;
  });
  await client.send(...COMMANDS);
  while (disk.told.length < 6) await new Promise((resolve) => setImmediate(resolve));
  expect(replied).toBe(0);
  open();
  expect((await replies).map(({ cookie, error }) => [cookie, error])).toEqual(
    COOKIES.map((cookie) => [cookie, 0]),
  );
  await client.disconnect();
});

test.each([
  [
    'an error that is thrown',
    () => {
      throw refused();
    },
  ],
  ['a promise that is rejected', () => Promise.reject(refused())],
  [
    'a coroutine that throws',
    function* (): Co<void> {
      yield* coAwait(Promise.resolve());
      throw refused();
    },
  ],
])('%s fails that request alone', async (_, answer) => {
  const disk = new ToldDisk();
  disk.answer = answer;
  const client = await RawClient.open(serverOf(disk).server);
  await client.send(...COMMANDS);
  const replies = await client.replies(6);
  expect(replies.map(({ cookie }) => cookie).sort()).toEqual(COOKIES);
  for (const reply of replies) expect(reply).toMatchObject({ error: NBD_EPERM, message: 'not today' });
  disk.answer = () => {};
  await client.send(read(7, 0, 1));
  expect(await client.reply()).toMatchObject({ cookie: 7, error: 0 });
  await client.disconnect();
});

test('anything else counts as done', async () => {
  const disk = new ToldDisk();
  disk.answer = () => new Uint8Array(3) as unknown as undefined;
  const client = await RawClient.open(serverOf(disk).server);
  await client.send(...COMMANDS);
  expect((await client.replies(6)).map(({ error }) => error)).toEqual([0, 0, 0, 0, 0, 0]);
  await client.disconnect();
});
