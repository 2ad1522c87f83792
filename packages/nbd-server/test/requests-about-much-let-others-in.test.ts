import { NBD_CMD_TRIM } from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { MemoryExport, type NbdBackend } from '../src/index.js';
import { bytesOf, extentsOf } from './support/backend-calls.js';
import { pattern, RawClient, read, request, sameBytes } from './support/raw-client.js';
import { serverOf } from './support/servers.js';

const MIB = 2 ** 20;
const HOLE = 3;

test('a go of long ones ends before the 64th', async () => {
  let trims = 0;
  const seen: number[] = [];
  const disk: NbdBackend = {
    size: MIB,
    read: () => void seen.push(trims),
    write() {},
    trim() {
      trims++;
      for (const end = performance.now() + 2; performance.now() < end; );
    },
  };
  const { server } = serverOf(disk);
  const pair = { capacity: MIB };
  const [greedy, quiet] = [await RawClient.open(server, { pair }), await RawClient.open(server, { pair })];
  const flood = Array.from({ length: 100 }, (_, cookie) => request(NBD_CMD_TRIM, cookie, 0, 4096));
  await greedy.send(Buffer.concat(flood));
  await quiet.send(read(1, 0, 1));
  await quiet.reply();
  expect(seen[0]).toBeLessThan(10);
  for (const reply of await greedy.replies(100)) expect(reply.error).toBe(0);
  expect(trims).toBe(100);
  for (const client of [greedy, quiet]) client.channel.close();
});

test('memory is zeroed piece by piece', async () => {
  const disk = new MemoryExport(200 * MIB);
  for (let at = 0; at < 200; at++) disk.write(at * MIB, pattern(100));
  const [trimmed, zeroed] = [
    disk.trim(100, 120 * MIB),
    disk.writeZeroes(120 * MIB + 100, 79 * MIB, { mayTrim: false }),
  ];
  // Not all of it yet.
  expect(sameBytes(await bytesOf(disk, 119 * MIB, 100), pattern(100))).toBe(true);
  await Promise.all([trimmed, zeroed]);
  expect(await extentsOf(disk, 0, 200 * MIB)).toEqual([
    [MIB, 0],
    [119 * MIB, HOLE],
    [80 * MIB, 0],
  ]);
  expect(sameBytes(await bytesOf(disk, 0, 100), pattern(100))).toBe(true);
  expect(sameBytes(await bytesOf(disk, 100, 199 * MIB), new Uint8Array(199 * MIB))).toBe(true);
});

test('bytes that were given too', async () => {
  const bytes = new Uint8Array(40 * MIB).fill(1);
  const disk = MemoryExport.from(bytes);
  const work = disk.writeZeroes(1, 40 * MIB - 2, { mayTrim: true });
  expect(bytes[39 * MIB]).toBe(1);
  await work;
  expect([bytes[0], bytes.indexOf(1, 1)]).toEqual([1, 40 * MIB - 1]);
});
