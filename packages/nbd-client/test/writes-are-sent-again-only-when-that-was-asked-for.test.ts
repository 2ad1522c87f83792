import { expect, test } from 'vitest';
import { drive, settle } from './support/drive.js';
import { keeping, readsRight, reconnectingClient } from './support/reconnecting-client.js';

const COMMANDS = ['write', 'trim', 'writeZeroes'] as const;

function command(
  client: Awaited<ReturnType<typeof reconnectingClient>>['client'],
  name: string,
): Promise<void> {
  if (name === 'write') return client.write(0, new Uint8Array(10).fill(9));
  return name === 'trim' ? client.trim(0, 512) : client.writeZeroes(0, 512);
}

test.each(COMMANDS)(
  '%s in flight fails with its connection: whether it was done is unknown',
  async (name) => {
    const it = await reconnectingClient({ strict: { commands: false } }, (index) =>
      keeping(() => index === 0),
    );
    const outcome = command(it.client, name);
    await settle();
    it.connections[0]?.cut();
    await expect(drive(it.clock, outcome)).rejects.toMatchObject({
      code: 'NBD_CONNECTION_LOST',
      operation: expect.stringContaining(name),
    });
    expect(await readsRight(it)).toBe(true);
    expect(it.client.statistics.replays).toBe(0);
  },
);

test('a write in flight is done by the next connection', async () => {
  const it = await reconnectingClient({ replayWrites: true }, (index) => keeping(() => index === 0));
  const writing = it.client.write(0, new Uint8Array(10).fill(9));
  await settle();
  it.connections[0]?.cut();
  await drive(it.clock, writing);
  expect(it.disk.contents.subarray(0, 10)).toEqual(new Uint8Array(10).fill(9));
});

test('a write that has only waited for a connection is sent, for it was not before', async () => {
  const it = await reconnectingClient();
  it.serve(false);
  it.connections[0]?.cut();
  await settle();
  const writing = it.client.write(0, new Uint8Array(10).fill(9));
  await settle();
  it.serve(true);
  await drive(it.clock, writing);
  expect(it.disk.contents[0]).toBe(9);
});
