import {
  NBD_CMD_BLOCK_STATUS,
  NBD_CMD_CACHE,
  NBD_CMD_FLUSH,
  NBD_CMD_READ,
  NBD_CMD_TRIM,
  NBD_CMD_WRITE_ZEROES,
  NBD_EIO,
  ReplyKind,
} from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { FORMS } from './support/forms.js';
import { extended, pattern, RawClient, request, write } from './support/raw-client.js';
import { serverOf } from './support/servers.js';
import { ToldDisk } from './support/told-disk.js';

const [SIMPLE, STRUCTURED, EXTENDED] = FORMS;

function failingAt(offset: unknown): ToldDisk {
  const disk = new ToldDisk();
  const fail = () => Promise.reject(Object.assign(new Error('bad sector'), { code: 'EIO', offset }));
  disk.answer = fail;
  disk.extents = fail;
  return disk;
}

test.each([
  [
    STRUCTURED[0],
    STRUCTURED,
    '668e33ef 0001 8002 0000000000000001 00000018 00000005 000a 62616420736563746f72 0000010000000205',
  ],
  [
    EXTENDED[0],
    EXTENDED,
    '6e8a278c 0001 8002 0000000000000001 0000010000000200 0000000000000018 00000005 000a 62616420736563746f72 0000010000000205',
  ],
] as const)('byte for byte, %s', async (_, [, options, form], wire) => {
  const disk = failingAt(2 ** 40 + 0x205);
  const client = await RawClient.open(
    serverOf({ ...disk, size: 2 ** 41, read: () => disk.answer() }).server,
    options,
  );
  await client.send(form(NBD_CMD_READ, 1, 2 ** 40 + 0x200, 0x100));
  const expected = Buffer.from(wire.replaceAll(' ', ''), 'hex');
  expect(Buffer.from(await client.receive(expected.length))).toEqual(expected);
  await client.disconnect();
});

test.each([4100, 4100n])('of every command that is about a range, offset %s', async (offset) => {
  const client = await RawClient.open(serverOf(failingAt(offset)).server, {
    metaContexts: ['base:allocation'],
  });
  const commands = [NBD_CMD_READ, NBD_CMD_TRIM, NBD_CMD_CACHE, NBD_CMD_WRITE_ZEROES, NBD_CMD_BLOCK_STATUS];
  for (const command of commands) await client.send(request(command, 1, 4096, 512));
  await client.send(write(1, 4096, pattern(512)));
  for (const reply of await client.replies(6)) {
    expect(reply).toMatchObject({ kind: ReplyKind.ERROR_OFFSET, error: NBD_EIO, offset: 4100 });
  }
  await client.disconnect();
});

test.each([4095, 4608, 4100.5, Number.NaN, '4100', null, -1n])(
  'but not %s, which is no byte of the request',
  async (offset) => {
    const client = await RawClient.open(serverOf(failingAt(offset)).server, EXTENDED[1]);
    await client.send(extended(NBD_CMD_READ, 1, 4096, 512), extended(NBD_CMD_FLUSH, 2, 0, 0));
    for (const reply of await client.replies(2)) expect(reply.kind).toBe(ReplyKind.ERROR);
    await client.disconnect();
  },
);

test('simple replies have no place for it', async () => {
  const client = await RawClient.open(serverOf(failingAt(0)).server, SIMPLE[1]);
  await client.send(request(NBD_CMD_READ, 1, 0, 512));
  expect(await client.reply()).toMatchObject({ kind: ReplyKind.SIMPLE, error: NBD_EIO });
  await client.disconnect();
});
