import { AioContext, VirtualClock } from '@coaio/aio-context';

import { expect, test } from 'vitest';
import type { NbdServer } from '../src/index.js';
import { GatedDisk } from './support/gated-disk.js';
import { pattern, RawClient, read, write } from './support/raw-client.js';
import { serverOf } from './support/servers.js';
import { settle } from './support/settle.js';

/** A client whose connection is lost while the disk has a write of it, which is its first call. */
async function lostClient(server: NbdServer, disk: GatedDisk): Promise<void> {
  const client = await RawClient.open(server);
  await client.send(write(1, 0, pattern(10)), read(2, 0, 10));
  await disk.called(2);
  client.channel.close();
  // Its reply finds nobody.
  disk.calls[1]?.succeed();
  await client.served;
}

/** Whether `promise` has resolved after all that can happen by itself. */
async function isDone(promise: Promise<void>): Promise<boolean> {
  let done = false;
  void promise.then(() => (done = true));
  await settle();
  return done;
}

test.each([undefined, ''])('a drain of export %j has nothing left in the backend', async (exportName) => {
  const disk = new GatedDisk();
  const { server } = serverOf(disk);
  await lostClient(server, disk);
  expect(server.statistics.connections).toBe(0);
  const draining = server.drain(exportName);
  expect(await isDone(draining)).toBe(false);
  disk.calls[0]?.succeed();
  await draining;
});

test('nor has it when the client leaves during the drain', async () => {
  const disk = new GatedDisk();
  const { server } = serverOf(disk);
  const client = await RawClient.open(server);
  await client.send(write(1, 0, pattern(10)), read(2, 0, 10));
  await disk.called(2);
  const draining = server.drain();
  client.channel.close();
  disk.calls[1]?.succeed();
  await client.served;
  expect(await isDone(draining)).toBe(false);
  disk.calls[0]?.succeed();
  await draining;
});

test('a signal takes back such a drain', async () => {
  const disk = new GatedDisk();
  const { server } = serverOf(disk);
  await lostClient(server, disk);
  const stuck = new AbortController();
  const draining = server.drain('', stuck);
  stuck.abort('stuck');
  await expect(draining).rejects.toBe('stuck');
  await expect(server.resume({ exportName: '' })).rejects.toMatchObject({ code: 'NBD_NOT_DRAINED' });
  disk.calls[0]?.succeed();
});

test('the context that it ran in may be closed after a move to another one', async () => {
  const context = new AioContext({ name: 'first' });
  const disk = new GatedDisk();
  const { server } = serverOf(disk, { context });
  await lostClient(server, disk);
  const draining = server.drain();
  const resumed = server.resume({ context: new AioContext({ name: 'second' }) }).then(() => context.close());
  expect(await isDone(resumed)).toBe(false);
  disk.calls[0]?.succeed();
  await Promise.all([draining, resumed]);
});

test.each(['removeExport', 'close'] as const)('%s closes the backend afterwards', async (how) => {
  const disk = new GatedDisk();
  const { server } = serverOf(disk);
  await lostClient(server, disk);
  const ending = how === 'close' ? server.close() : server.removeExport('');
  expect(await isDone(ending)).toBe(false);
  expect(disk.closed).toBe(0);
  disk.calls[0]?.succeed();
  await ending;
  expect(disk.closed).toBe(1);
});

test('but waits for 5 seconds at most', async () => {
  const clock = new VirtualClock();
  const disk = new GatedDisk();
  const { server } = serverOf(disk, { clock });
  await lostClient(server, disk);
  const closing = server.close();
  await settle();
  clock.advance(5e9);
  await closing;
  expect(disk.closed).toBe(1);
  disk.calls[0]?.succeed();
});
