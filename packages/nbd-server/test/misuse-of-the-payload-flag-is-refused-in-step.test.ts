import {
  NBD_CMD_CACHE,
  NBD_CMD_DISC,
  NBD_CMD_FLAG_PAYLOAD_LEN,
  NBD_CMD_FLUSH,
  NBD_CMD_READ,
  NBD_CMD_TRIM,
  NBD_CMD_WRITE,
  NBD_CMD_WRITE_ZEROES,
  NBD_EINVAL,
  NBD_EPERM,
} from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { extended, pattern, RawClient } from './support/raw-client.js';
import { BOTH_WAYS, serverOf } from './support/servers.js';
import { ToldDisk } from './support/told-disk.js';

const MIB = 2 ** 20;
const OPTIONS = { extendedHeaders: true, metaContexts: ['base:allocation'] };

test.each(BOTH_WAYS)('a write without it, and other commands with it, %s', async (_, pair) => {
  const disk = new ToldDisk();
  const client = await RawClient.open(serverOf(disk).server, { ...OPTIONS, pair });
  const commands = [NBD_CMD_READ, NBD_CMD_FLUSH, NBD_CMD_TRIM, NBD_CMD_CACHE, NBD_CMD_WRITE_ZEROES, 99];
  for (const command of commands) {
    await client.send(extended(command, 1, 0, 0, { payload: pattern(50) }), extended(NBD_CMD_READ, 2, 0, 4));
    const [refused, good] = await client.replies(2);
    expect(refused).toMatchObject({ cookie: 1, error: NBD_EINVAL });
    expect(good).toMatchObject({ cookie: 2, error: 0 });
  }
  // It has no payload: what follows is the next request.
  await client.send(extended(NBD_CMD_WRITE, 3, 0, 50), extended(NBD_CMD_READ, 4, 0, 4));
  const [refused, good] = await client.replies(2);
  expect(refused).toMatchObject({ cookie: 3, error: NBD_EINVAL });
  expect(refused?.message).toMatch(/needs NBD_CMD_FLAG_PAYLOAD_LEN/);
  expect(good).toMatchObject({ cookie: 4, error: 0 });
  expect(disk.told.every(([operation]) => operation === 'read')).toBe(true);
  await client.disconnect();
});

test('the payload of a write that is refused for another reason is skipped', async () => {
  const { server } = serverOf(new ToldDisk());
  server.addExport('ro', new ToldDisk(), { readOnly: true });
  const client = await RawClient.open(server, { ...OPTIONS, exportName: 'ro' });
  await client.send(
    extended(NBD_CMD_WRITE, 1, 0, 0, { payload: new Uint8Array(100_000) }),
    extended(NBD_CMD_READ, 2, 0, 4),
  );
  expect((await client.replies(2)).map(({ error }) => error)).toEqual([NBD_EPERM, 0]);
  await client.disconnect();
});

test.each([
  ['32 MiB and a byte', NBD_CMD_WRITE, 32 * MIB + 1],
  ['2^32 bytes', NBD_CMD_WRITE, 2 ** 32],
  ['2^40 bytes for a trim', NBD_CMD_TRIM, 2 ** 40],
])('a payload of %s ends that connection alone', async (_, command, length) => {
  const { server, complaints } = serverOf(new ToldDisk());
  const other = await RawClient.open(server, OPTIONS);
  const client = await RawClient.open(server, OPTIONS);
  await client.send(
    extended(NBD_CMD_READ, 1, 0, 4),
    extended(command, 2, 0, length, { flags: NBD_CMD_FLAG_PAYLOAD_LEN }),
  );
  expect((await client.reply()).cookie).toBe(1);
  expect(await client.end()).toHaveLength(0);
  await client.served;
  expect(complaints).toMatchObject([{ error: { code: 'NBD_REQUEST_TOO_LARGE', fault: 'peer' } }]);
  await other.send(extended(NBD_CMD_READ, 1, 0, 4));
  expect((await other.reply()).error).toBe(0);
  await other.disconnect();
});

test.each(['25609513', '6e8a278c'])('magic %s ends the connection', async (magic) => {
  const { server, complaints } = serverOf(new ToldDisk());
  const client = await RawClient.open(server, OPTIONS);
  const request = extended(NBD_CMD_READ, 1, 0, 4);
  request.set(Buffer.from(magic, 'hex'));
  await client.send(request);
  expect(await client.end()).toHaveLength(0);
  await client.served;
  expect(complaints).toMatchObject([{ error: { code: 'NBD_BAD_MAGIC' } }]);
});

test('a payload of no bytes is one', async () => {
  const disk = new ToldDisk();
  const client = await RawClient.open(serverOf(disk).server, OPTIONS);
  await client.send(extended(NBD_CMD_WRITE, 1, 0, 0, { payload: new Uint8Array(0) }));
  expect(await client.reply()).toMatchObject({ cookie: 1, error: 0 });
  await client.send(extended(NBD_CMD_DISC, 2, 0, 0, { payload: new Uint8Array(8) }));
  expect(await client.end()).toHaveLength(0);
  expect(disk.told).toEqual([]);
});
