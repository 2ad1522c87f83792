import { expect, test } from 'vitest';
import { GatedDisk } from './support/gated-disk.js';
import { flush, pattern, RawClient, read, write } from './support/raw-client.js';
import { serverOf } from './support/servers.js';

test.each([true, false])('structured replies: %s', async (structuredReplies) => {
  const disk = new GatedDisk();
  const client = await RawClient.open(serverOf(disk).server, { structuredReplies });
  await client.send(read(1, 5, 3), write(2, 0, pattern(10)), flush(3), read(4, 9, 3));
  await disk.called(4);
  expect(disk.calls.map(({ operation }) => operation)).toEqual(['read', 'write', 'flush', 'read']);
  for (const [index, cookie] of [3, 1, 0, 2].map((at) => [at, at + 1] as const)) {
    disk.calls[index]?.succeed();
    const reply = await client.reply(index === 0 || index === 3 ? 3 : 0);
    expect(reply).toMatchObject({ cookie, error: 0 });
    if (index === 3) expect(reply.data).toEqual(new Uint8Array([9, 9, 9]));
  }
  await client.disconnect();
});

test('a request that waits holds nobody up', async () => {
  const disk = new GatedDisk();
  const answering = { size: disk.size, read: disk.read.bind(disk), write: () => {}, flush: () => {} };
  const client = await RawClient.open(serverOf(answering).server);
  await client.send(read(1, 0, 9), write(2, 0, pattern(9)), flush(3));
  expect((await client.replies(2)).map(({ cookie }) => cookie)).toEqual([2, 3]);
  disk.calls[0]?.succeed();
  expect((await client.reply()).cookie).toBe(1);
  await client.disconnect();
});

test('a failing request fails alone', async () => {
  const disk = new GatedDisk();
  const client = await RawClient.open(serverOf(disk).server);
  await client.send(read(1, 0, 9), read(2, 7, 9), write(3, 0, pattern(9)));
  await disk.called(3);
  disk.calls[0]?.fail(Object.assign(new Error('bad sector'), { code: 'EIO' }));
  disk.calls[1]?.succeed();
  disk.calls[2]?.succeed();
  const replies = await client.replies(3);
  expect(replies.map(({ cookie, error }) => [cookie, error])).toEqual([
    [1, 5],
    [2, 0],
    [3, 0],
  ]);
  await client.disconnect();
});

test('a thenable that is no promise will do', async () => {
  // biome-ignore lint/suspicious/noThenProperty: that is what a thenable is
  const atOnce = { then: (done: () => void) => done() } as unknown as PromiseLike<void>;
  const client = await RawClient.open(
    serverOf({ size: 4096, read: () => atOnce, flush: () => atOnce }).server,
  );
  await client.send(read(1, 0, 9), flush(2));
  expect((await client.replies(2)).map(({ error }) => error)).toEqual([0, 0]);
  await client.disconnect();
});
