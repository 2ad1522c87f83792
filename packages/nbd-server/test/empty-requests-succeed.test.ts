import { ReplyKind } from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import type { NbdBackend } from '../src/index.js';
import { RawClient, read, write } from './support/raw-client.js';
import { serverOf } from './support/servers.js';

const untouchable: NbdBackend = {
  size: 4096,
  read: () => {
    throw new Error('must not be called');
  },
  write: () => {
    throw new Error('must not be called');
  },
};

test.each([true, false])('and never reach the backend, structured replies: %s', async (structuredReplies) => {
  const client = await RawClient.open(serverOf(untouchable).server, { structuredReplies });
  const nothing = new Uint8Array(0);
  await client.send(read(1, 0, 0), write(2, 0, nothing), read(3, 4096, 0), write(4, 4096, nothing));
  const replies = await client.replies(4);
  expect(replies.map(({ cookie, error }) => [cookie, error])).toEqual(
    [1, 2, 3, 4].map((cookie) => [cookie, 0]),
  );
  expect(replies[0]?.kind).toBe(structuredReplies ? ReplyKind.NONE : ReplyKind.SIMPLE);
  await client.disconnect();
});
