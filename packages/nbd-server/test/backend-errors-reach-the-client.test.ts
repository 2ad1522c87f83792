import {
  NBD_EINVAL,
  NBD_EIO,
  NBD_ENOMEM,
  NBD_ENOSPC,
  NBD_EPERM,
  NBD_ESHUTDOWN,
  ReplyKind,
} from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import type { NbdBackend } from '../src/index.js';
import { flush, pattern, RawClient, read, write } from './support/raw-client.js';
import { serverOf } from './support/servers.js';

function failingDisk(error: unknown, later: boolean): NbdBackend {
  const fail = (): Promise<void> => {
    if (later) return Promise.reject(error);
    throw error;
  };
  return { size: 4096, read: fail, write: fail, flush: fail };
}

const withCode = (code: unknown): Error => Object.assign(new Error(`${code} it is`), { code });

const CODES = [
  ['EIO', NBD_EIO],
  ['ENOSPC', NBD_ENOSPC],
  ['EDQUOT', NBD_ENOSPC],
  ['EFBIG', NBD_ENOSPC],
  ['EPERM', NBD_EPERM],
  ['EROFS', NBD_EPERM],
  ['EACCES', NBD_EPERM],
  ['EINVAL', NBD_EINVAL],
  ['ENOMEM', NBD_ENOMEM],
  ['ESHUTDOWN', NBD_ESHUTDOWN],
  ['ENOENT', NBD_EIO],
  // proto.md: SHOULD NOT be sent in answer to these commands.
  ['EOVERFLOW', NBD_EIO],
  ['EOPNOTSUPP', NBD_EIO],
  [5, NBD_EIO],
] as const;

test.each([
  ['thrown', false],
  ['rejected', true],
])('%s, by the name in `code`', async (_, later) => {
  for (const [code, value] of CODES) {
    const client = await RawClient.open(serverOf(failingDisk(withCode(code), later)).server);
    await client.send(read(1, 0, 9), write(2, 0, pattern(9)), flush(3));
    const replies = await client.replies(3);
    replies.sort((a, b) => a.cookie - b.cookie);
    for (const reply of replies) {
      expect(reply).toMatchObject({ kind: ReplyKind.ERROR, error: value, message: `${code} it is` });
    }
    await client.disconnect();
  }
});

test('what is no Error is EIO and says nothing of its value', async () => {
  const client = await RawClient.open(serverOf(failingDisk({ secret: 'x' }, true)).server);
  await client.send(read(1, 0, 9));
  expect(await client.reply()).toMatchObject({ error: NBD_EIO, message: 'the backend failed' });
  await client.disconnect();
});

test('the text is made safe and cut at 4096 bytes', async () => {
  const error = new Error(`\u001b[2J\n${'é'.repeat(5000)}`);
  const client = await RawClient.open(serverOf(failingDisk(error, false)).server);
  await client.send(read(1, 0, 9), flush(2));
  const [first, second] = await client.replies(2);
  expect(first?.message).toMatch(/^\ufffd\[2J\ufffdé+$/);
  expect(Buffer.byteLength(first?.message ?? '')).toBeLessThanOrEqual(4096);
  expect(second?.error).toBe(NBD_EIO);
  await client.disconnect();
});

test('without structured replies the value alone', async () => {
  const disk = failingDisk(withCode('ENOSPC'), true);
  const client = await RawClient.open(serverOf(disk).server, { structuredReplies: false });
  await client.send(write(1, 0, pattern(9)));
  expect(await client.reply()).toMatchObject({ kind: ReplyKind.SIMPLE, error: NBD_ENOSPC });
  await client.disconnect();
});

test('a view() of the wrong length is EIO, not a broken stream', async () => {
  const disk: NbdBackend = { size: 4096, read: () => {}, view: () => new Uint8Array(3) };
  const client = await RawClient.open(serverOf(disk).server);
  await client.send(read(1, 0, 9));
  expect(await client.reply()).toMatchObject({ error: NBD_EIO, message: 'view() gave 3 of 9 bytes' });
  await client.disconnect();
});
