import { QIOChannelSocket } from '@coaio/qio-channel';
import { expect, onTestFinished, test } from 'vitest';
import { RawClient, type RawClientOptions, read } from './support/raw-client.js';
import { inet, threadsOver } from './support/server-threads.js';
import { settle } from './support/settle.js';

const NO_EXPORT = { code: 'NBD_EXPORT_UNKNOWN' };

async function clientAt(uri: string, options: RawClientOptions = {}): Promise<RawClient> {
  const client = new RawClient(await QIOChannelSocket.connect({ ...inet, port: Number(new URL(uri).port) }));
  onTestFinished(() => client.channel.close());
  await client.handshake(options);
  return client;
}

test('all of them can be drained and resumed', async () => {
  const threads = await threadsOver(new SharedArrayBuffer(4096), 2);
  const uri = await threads.listen(inet);
  const clients: RawClient[] = [];
  for (let count = 0; count < 4; count++) clients.push(await clientAt(uri));
  await threads.drain();
  let answered = 0;
  const replies = clients.map(async (client) => {
    await client.send(read(1, 0, 100));
    await client.reply();
    answered++;
  });
  await settle();
  expect(answered).toBe(0);
  await threads.resume();
  await Promise.all(replies);
});

test('a signal takes it back in all, also where it was done', async () => {
  const memory = new SharedArrayBuffer(4096);
  const threads = await threadsOver(memory, 2);
  const uri = await threads.listen(inet);
  const held = await clientAt(uri, { exportName: 'held' });
  const free = await clientAt(uri);
  await held.send(read(1, 0, 1));
  await expect.poll(() => threads.run('heldReads')).toEqual([1, 0]);
  const abort = new AbortController();
  const drained = threads.drain(undefined, { signal: abort.signal });
  // They do one thing after the other: then they have begun to drain.
  await threads.run('heldReads');
  await free.send(read(2, 0, 100));
  let answered = false;
  const reply = free.reply().then(() => (answered = true));
  await settle();
  expect(answered).toBe(false);
  const reason = new Error('not now');
  abort.abort(reason);
  await expect(drained).rejects.toBe(reason);
  await reply;
  new Uint8Array(memory)[4095] = 1;
  await held.reply();
  await expect(threads.resume()).rejects.toMatchObject({ code: 'NBD_NOT_DRAINED' });
  await expect(threads.drain(undefined, { signal: abort.signal })).rejects.toBe(reason);
  await threads.drain();
  await threads.resume();
});

test('an export that one of them does not have leaves all as they were', async () => {
  const threads = await threadsOver(new SharedArrayBuffer(4096), 2);
  await expect(threads.drain('nowhere')).rejects.toMatchObject(NO_EXPORT);
  await threads.run('addInFirst', 'somewhere');
  await expect(threads.drain('somewhere')).rejects.toMatchObject(NO_EXPORT);
  const results = await threads.run<string>('resumeCode', 'somewhere');
  expect(results.toSorted()).toEqual(['NBD_EXPORT_UNKNOWN', 'NBD_NOT_DRAINED']);
});

test('what has died needs no draining', async () => {
  const threads = await threadsOver(new SharedArrayBuffer(4096), 2);
  const uri = await threads.listen(inet);
  const deadly = await clientAt(uri, { exportName: 'fatal' });
  const client = await clientAt(uri);
  await deadly.send(read(1, 0, 1));
  expect(await deadly.end()).toHaveLength(0);
  await threads.drain();
  expect(threads.alive).toBe(1);
  await threads.resume();
  await client.send(read(1, 0, 100));
  await client.reply();
});
