import { VirtualClock } from '@coaio/aio-context';
import { expect, test } from 'vitest';
import { GatedDisk } from './support/gated-disk.js';
import { RawClient, read } from './support/raw-client.js';
import { serverOf, smallDisk } from './support/servers.js';
import { settle } from './support/settle.js';

const S = 1e9;
const MIB = 2 ** 20;

test('after 5 minutes of it, with what they were owed', async () => {
  const clock = new VirtualClock();
  const { server, complaints } = serverOf(smallDisk(MIB), { clock });
  const client = await RawClient.open(server);
  await client.send(read(1, 0, MIB));
  await settle();
  clock.advance(299 * S);
  expect(complaints).toEqual([]);
  clock.advance(76 * S);
  await client.served;
  const message = /^reply: the client took none of the \d+ bytes of its replies for 300000 ms$/;
  const error = { code: 'NBD_WRITE_TIMEOUT', fault: 'peer', message: expect.stringMatching(message) };
  expect(complaints).toMatchObject([{ error }]);
});

test('a slow one is not, as long as it takes a MiB in that time', async () => {
  const clock = new VirtualClock();
  const { server, complaints } = serverOf(smallDisk(16 * MIB), { clock });
  const client = await RawClient.open(server);
  await client.send(read(1, 0, 16 * MIB));
  for (let taken = 0; taken < 16; taken++) {
    clock.advance(290 * S);
    await client.receive(MIB);
    await settle();
  }
  expect(complaints).toEqual([]);
  client.channel.close();
});

test('nor one whose answers the backend owes', async () => {
  const clock = new VirtualClock();
  const disk = new GatedDisk();
  const { server, complaints } = serverOf(disk, { clock, idleTimeoutMs: 1000 });
  const client = await RawClient.open(server);
  await client.send(read(1, 0, 10));
  await disk.called(1);
  clock.advance(3600 * S);
  disk.calls[0]?.succeed();
  expect((await client.reply()).cookie).toBe(1);
  expect(complaints).toEqual([]);
  await client.disconnect();
});

test('0 lets them be', async () => {
  const clock = new VirtualClock();
  const { server, complaints } = serverOf(smallDisk(MIB), { clock, writeTimeoutMs: 0 });
  const client = await RawClient.open(server);
  await client.send(read(1, 0, MIB));
  await settle();
  clock.advance(36_000 * S);
  expect(complaints).toEqual([]);
  await client.reply();
  await client.disconnect();
});

test('those who send nothing are dropped only where that was asked for', async () => {
  const clock = new VirtualClock();
  const patient = serverOf(smallDisk(), { clock });
  const strict = serverOf(smallDisk(), { clock, idleTimeoutMs: 8000 });
  const clients = [await RawClient.open(patient.server), await RawClient.open(strict.server)] as const;
  for (let round = 0; round < 10; round++) {
    clock.advance(5 * S);
    await clients[1].send(read(round, 0, 1));
    await clients[1].reply();
  }
  clock.advance(7 * S);
  expect(strict.complaints).toEqual([]);
  clock.advance(3 * S);
  await clients[1].served;
  const message = 'request: the client sent nothing for 8000 ms';
  expect(strict.complaints).toMatchObject([{ error: { code: 'NBD_IDLE_TIMEOUT', message } }]);
  clock.advance(36_000 * S);
  await clients[0].send(read(1, 0, 1));
  expect((await clients[0].reply()).error).toBe(0);
  await clients[0].disconnect();
});

test('a process that was stopped for a while drops nobody for it', async () => {
  let nowNs = 0;
  const alarms: (() => void)[] = [];
  // Real time, as a stopped process sees it: it jumps.
  const clock = {
    passes: true,
    nowNs: () => nowNs,
    createAlarm: (expired: () => void) => {
      alarms.push(expired);
      return { set: () => {}, clear: () => {} };
    },
  };
  const { server, complaints } = serverOf(smallDisk(MIB), { clock });
  const client = await RawClient.open(server);
  await client.send(read(1, 0, MIB));
  await settle();
  nowNs += 3600 * S;
  for (const expired of alarms) expired();
  await settle();
  expect(complaints).toEqual([]);
  await client.reply();
  await client.disconnect();
});
