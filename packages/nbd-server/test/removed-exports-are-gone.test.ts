import { expect, test } from 'vitest';
import { GatedDisk } from './support/gated-disk.js';
import { RawClient, read } from './support/raw-client.js';
import { serverOf, smallDisk } from './support/servers.js';

test('new clients are refused, its clients get their answers and are disconnected, others stay', async () => {
  const disk = new GatedDisk();
  const { server } = serverOf(smallDisk());
  server.addExport('gone', disk);
  const stays = await RawClient.open(server);
  const leaves = await RawClient.open(server, { exportName: 'gone' });
  await leaves.send(read(1, 0, 10));
  await disk.called(1);
  const removing = server.removeExport('gone');
  await expect(RawClient.open(server, { exportName: 'gone' })).rejects.toThrow('refused');
  disk.calls[0]?.succeed();
  expect(await leaves.reply()).toMatchObject({ cookie: 1, error: 0 });
  expect(await leaves.end()).toHaveLength(0);
  await removing;
  expect(disk.closed).toBe(1);
  await stays.send(read(2, 0, 10));
  expect((await stays.reply()).cookie).toBe(2);
  await stays.disconnect();
});

test('the name may be used again at once, and a backend lives as long as one of its exports', async () => {
  const disk = new GatedDisk();
  const { server } = serverOf(smallDisk());
  server.addExport('a', disk);
  server.addExport('b', disk, { readOnly: true });
  const removing = server.removeExport('a');
  server.addExport('a', smallDisk());
  await removing;
  expect(disk.closed).toBe(0);
  await server.removeExport('b');
  expect(disk.closed).toBe(1);
});

test('one that is not there is a usage error', async () => {
  const { server } = serverOf(smallDisk());
  await expect(server.removeExport('nope')).rejects.toMatchObject({
    code: 'NBD_EXPORT_UNKNOWN',
    fault: 'caller',
  });
});
