import { NBD_CMD_FLUSH, NBD_CMD_READ, NBD_CMD_TRIM, NBD_CMD_WRITE, NBD_ESHUTDOWN } from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { FORMS } from './support/forms.js';
import { GatedDisk } from './support/gated-disk.js';
import { pattern, RawClient, read, write } from './support/raw-client.js';
import { serverOf } from './support/servers.js';

test.each(FORMS)('and what was taken is answered, %s', async (form, options, request) => {
  const disk = new GatedDisk();
  const { server, complaints } = serverOf(disk);
  const client = await RawClient.open(server, options);
  await client.send(request(NBD_CMD_FLUSH, 1, 0, 0));
  await disk.called(1);
  const closing = server.close();
  // In reply to each there is time for the next: the backend is still at work.
  for (const cookie of [2, 3]) {
    const payload = pattern(50_000);
    await client.send(
      request(NBD_CMD_WRITE, cookie, 0, payload.length, { payload }),
      request(NBD_CMD_READ, cookie, 0, 100),
      request(NBD_CMD_TRIM, cookie, 0, 100),
    );
    const message = form === 'simple replies' ? '' : 'the server is shutting down';
    for (const reply of await client.replies(3)) {
      expect(reply).toMatchObject({ cookie, error: NBD_ESHUTDOWN, message });
    }
  }
  disk.calls[0]?.succeed();
  expect(await client.reply()).toMatchObject({ cookie: 1, error: 0 });
  expect(await client.end()).toHaveLength(0);
  await closing;
  expect({ calls: disk.calls.length, complaints }).toEqual({ calls: 1, complaints: [] });
});

test('a client that then disconnects is not waited for longer than for its answers', async () => {
  const disk = new GatedDisk();
  const { server, complaints } = serverOf(disk);
  const client = await RawClient.open(server);
  await client.send(read(1, 0, 10));
  await disk.called(1);
  const closing = server.close();
  await client.send(write(2, 0, pattern(10)));
  expect((await client.reply()).error).toBe(NBD_ESHUTDOWN);
  const leaving = client.disconnect();
  disk.calls[0]?.succeed();
  expect(await client.reply()).toMatchObject({ cookie: 1, error: 0 });
  await Promise.all([closing, leaving]);
  expect(complaints).toEqual([]);
});

test('also when its export alone is removed', async () => {
  const disk = new GatedDisk();
  const { server } = serverOf(disk);
  const client = await RawClient.open(server);
  await client.send(read(1, 0, 10));
  await disk.called(1);
  const removing = server.removeExport('');
  await client.send(read(2, 0, 10));
  expect(await client.reply()).toMatchObject({ cookie: 2, error: NBD_ESHUTDOWN });
  disk.calls[0]?.succeed();
  expect(await client.reply()).toMatchObject({ cookie: 1, error: 0 });
  expect(await client.end()).toHaveLength(0);
  await removing;
});
