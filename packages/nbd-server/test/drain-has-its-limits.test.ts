import { AioContext } from '@coaio/aio-context';
import { QIOChannelSocket } from '@coaio/qio-channel';
import { expect, test } from 'vitest';
import { GatedDisk } from './support/gated-disk.js';
import { pattern, RawClient, read, write } from './support/raw-client.js';
import { serverOf, smallDisk } from './support/servers.js';
import { settle } from './support/settle.js';

test('a signal takes it back: the server goes on where it was', async () => {
  const disk = new GatedDisk();
  const { server } = serverOf(disk);
  const client = await RawClient.open(server);
  await client.send(read(1, 0, 10));
  await disk.called(1);
  const giveUp = new AbortController();
  const draining = server.drain(undefined, giveUp);
  await client.send(read(2, 0, 10));
  await settle();
  giveUp.abort(new Error('the disk is stuck'));
  await expect(draining).rejects.toThrow('the disk is stuck');
  await disk.called(2);
  await expect(server.resume()).rejects.toThrow(expect.objectContaining({ code: 'NBD_NOT_DRAINED' }));
  await expect(server.drain('', { signal: AbortSignal.abort('no') })).rejects.toBe('no');
  for (const call of disk.calls) call.succeed();
  await client.replies(2);
  await client.disconnect();
});

test('it waits for replies that the client has not read', async () => {
  const { server } = serverOf(smallDisk(2 ** 20));
  const client = await RawClient.open(server);
  await client.send(read(1, 0, 2 ** 20));
  let drained = false;
  const draining = server.drain().then(() => {
    drained = true;
  });
  await settle();
  expect(drained).toBe(false);
  await client.reply();
  await draining;
  await server.resume();
  await client.disconnect();
});

test('a client that leaves meanwhile does not hold it up', async () => {
  const { server } = serverOf(smallDisk(2 ** 20));
  const client = await RawClient.open(server);
  await client.send(read(1, 0, 2 ** 20));
  const draining = server.drain();
  client.channel.close();
  await draining;
  await client.served;
  await server.resume();
});

test('drains nest: it goes on with the last resume', async () => {
  const { server } = serverOf(smallDisk());
  const client = await RawClient.open(server);
  await Promise.all([server.drain(), server.drain(), server.drain('')]);
  await client.send(read(1, 0, 10));
  let answered = false;
  const reply = client.reply().then(() => {
    answered = true;
  });
  for (const options of [{}, { exportName: '' }]) {
    await server.resume(options);
    await settle();
    expect(answered).toBe(false);
  }
  await server.resume();
  await reply;
  for (const options of [{}, { exportName: '' }]) {
    await expect(server.resume(options)).rejects.toThrow(
      expect.objectContaining({ code: 'NBD_NOT_DRAINED' }),
    );
  }
  await client.disconnect();
});

test.each([false, true])('close works while drained; with its context closed: %s', async (contextClosed) => {
  const disk = new GatedDisk();
  const context = new AioContext({ name: 'first' });
  const { server, complaints } = serverOf(disk, { context });
  const client = await RawClient.open(server);
  const half = RawClient.greeted(server);
  await settle();
  await server.drain();
  if (contextClosed) context.close();
  const late = RawClient.greeted(server);
  await client.send(read(1, 0, 10), write(2, 0, pattern(10)));
  await settle();
  const closing = server.close();
  // Nothing was in flight, so nothing was waited for.
  expect(await client.end()).toHaveLength(0);
  await closing;
  await Promise.all([client.served, half.served, late.served]);
  expect({ calls: disk.calls.length, closed: disk.closed, complaints }).toEqual({
    calls: 0,
    closed: 1,
    complaints: [],
  });
  const refused = expect.objectContaining({ code: 'NBD_CLOSED' });
  await expect(server.drain()).rejects.toThrow(refused);
  await expect(server.resume()).rejects.toThrow(refused);
});

test('an export can be removed while it is drained', async () => {
  const { server } = serverOf(smallDisk());
  const disk = new GatedDisk();
  server.addExport('gone', disk);
  const client = await RawClient.open(server, { exportName: 'gone' });
  await server.drain('gone');
  await server.removeExport('gone');
  await client.served;
  expect(disk.closed).toBe(1);
  server.addExport('gone', smallDisk());
  const next = await RawClient.open(server, { exportName: 'gone' });
  await next.send(read(1, 0, 1));
  await next.reply();
  await next.disconnect();
});

test('clients that come during a drain are greeted after it', async () => {
  const { server } = serverOf(smallDisk());
  const uri = new URL(await server.listen({ type: 'inet', host: '127.0.0.1', port: 0 }));
  const address = { type: 'inet', host: '127.0.0.1', port: Number(uri.port) } as const;
  await server.drain();
  const clients = [new RawClient(await QIOChannelSocket.connect(address)), RawClient.greeted(server)];
  let greeted = 0;
  const ready = clients.map(async (client) => {
    await client.handshake();
    greeted++;
  });
  await settle();
  expect(greeted).toBe(0);
  await server.resume();
  await Promise.all(ready);
  for (const client of clients) {
    await client.send(read(1, 0, 10));
    expect((await client.reply()).error).toBe(0);
    client.channel.close();
  }
});

test('clients that come while their export is drained are served after it', async () => {
  const disk = new GatedDisk();
  const { server } = serverOf(disk);
  await server.drain('');
  const client = await RawClient.open(server);
  await client.send(read(1, 0, 10));
  await settle();
  expect(disk.calls).toHaveLength(0);
  const context = new AioContext({ name: 'second' });
  await server.resume({ exportName: '', context });
  await disk.called(1);
  disk.calls[0]?.succeed();
  await client.reply();
  await client.disconnect();
});
