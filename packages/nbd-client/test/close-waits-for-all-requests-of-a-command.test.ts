import type { Co } from '@coaio/coroutine';
import { NBD_CMD_DISC, NBD_CMD_FLUSH, NBD_CMD_READ, NBD_CMD_WRITE } from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { CountingClock, settle } from './support/drive.js';
import { keeping, reconnectingClient } from './support/reconnecting-client.js';
import { scriptedDisk, serveDisk } from './support/scripted-disk.js';
import { bytes, connectToScript, type ScriptedServer } from './support/scripted-server.js';

const SIZE = 64 * 1024;
const facts = { size: BigInt(SIZE), blockSize: { minimum: 512, preferred: 512, maximum: 1024 } };

test('a write that is sent in pieces: more than begin at once', async () => {
  const disk = scriptedDisk(SIZE);
  const { client } = await connectToScript((server) => serveDisk(server, disk), { facts });
  const data = bytes(SIZE);
  const writing = client.write(0, data);
  const closing = client.close();
  await expect(client.write(0, data)).rejects.toMatchObject({ code: 'NBD_CLOSED' });
  await expect(client.flush()).rejects.toMatchObject({ code: 'NBD_CLOSED' });
  await expect(client.readChunks(0, 1).next()).rejects.toMatchObject({ code: 'NBD_CLOSED' });
  await Promise.all([writing, closing]);
  expect(Buffer.compare(disk.bytes, data)).toBe(0);
  expect(disk.requests.filter(([type]) => type === NBD_CMD_WRITE)).toHaveLength(64);
  expect(disk.requests.at(-1)?.[0]).toBe(NBD_CMD_FLUSH);
});

test('an unaligned write, and one that waits for it', async () => {
  const disk = scriptedDisk(SIZE);
  const expected = disk.bytes.slice();
  const { client } = await connectToScript((server) => serveDisk(server, disk), {
    facts,
    client: { readModifyWrite: true },
  });
  const data = bytes(100);
  const writing = [500, 600].map((offset) => {
    expected.set(data, offset);
    return client.write(offset, data);
  });
  await Promise.all([...writing, client.close()]);
  expect(Buffer.compare(disk.bytes, expected)).toBe(0);
});

test('no longer than closeTimeoutMs', async () => {
  const clock = new CountingClock();
  const received: number[] = [];
  const { client } = await connectToScript(
    function* (server: ScriptedServer): Co<void> {
      for (;;) received.push((yield* server.request()).type);
    },
    { facts, client: { clock, readModifyWrite: true, closeTimeoutMs: 500 } },
  );
  const writing = [client.write(0, bytes(10)), client.write(20, bytes(10)), client.read(0, SIZE)];
  const outcomes = Promise.allSettled(writing);
  const closing = client.close();
  await settle();
  clock.advance(500e6);
  await closing;
  for (const outcome of await outcomes)
    expect(outcome).toMatchObject({ reason: { code: 'NBD_CONNECTION_LOST' } });
  expect(received).not.toContain(NBD_CMD_WRITE);
  expect(received).not.toContain(NBD_CMD_DISC);
  expect(clock.armed).toBe(0);
});

test('not for a connection that is to be made again', async () => {
  for (const isLostFirst of [true, false]) {
    const it = await reconnectingClient({ closeTimeoutMs: 0 }, () => ({
      ...keeping(() => true),
      facts: facts as never,
    }));
    const reading = it.client.read(0, SIZE);
    const outcome = reading.catch(({ code }) => code);
    await settle();
    it.serve(false);
    const cut = (): void => it.connections[0]?.cut();
    if (isLostFirst) cut();
    await settle();
    const closing = it.client.close();
    await settle();
    cut();
    await closing;
    expect(await outcome).toMatch(/^NBD_(CLOSED|CONNECTION_LOST)$/);
    expect(it.clock.armed).toBe(0);
  }
});

test('a read in pieces that has ended keeps nobody waiting', async () => {
  const disk = { ...scriptedDisk(SIZE), badByte: 0 };
  const { client } = await connectToScript((server) => serveDisk(server, disk), { facts });
  await expect(client.read(0, SIZE)).rejects.toMatchObject({ errno: 'EIO' });
  await client.close();
  expect(disk.requests.every(([type]) => type === NBD_CMD_READ)).toBe(true);
});
