import { writeFile } from 'node:fs/promises';
import { NbdClient } from '@coaio/nbd-client';
import { expect, test } from 'vitest';
import { describeWith } from './support/requires.js';
import {
  EXPORT_SIZE,
  type StartServer,
  startNbdkit,
  startNbdServer,
  startQemuNbdWith,
} from './support/servers.js';
import { temporaryFolder } from './support/temporary-folder.js';

const MIB = 1 << 20;

/** With holes punched for trims. */
const startUnmapping: StartServer = async (folder) => {
  const image = `${folder}/unmapping.raw`;
  await writeFile(image, Buffer.alloc(EXPORT_SIZE));
  return startQemuNbdWith(folder, '-f', 'raw', '--discard=unmap', image);
};

const servers: [string, StartServer, { commands: string[]; status: boolean }][] = [
  [
    'nbdkit',
    startNbdkit,
    { commands: ['flush', 'fua', 'trim', 'writeZeroes', 'fastZero', 'cache'], status: true },
  ],
  [
    'qemu-nbd',
    startUnmapping,
    { commands: ['flush', 'fua', 'trim', 'writeZeroes', 'fastZero', 'cache'], status: true },
  ],
  ['nbd-server', startNbdServer, { commands: ['flush', 'fua', 'trim', 'writeZeroes'], status: false }],
];

const isFilled = (bytes: Uint8Array, value: number): boolean => bytes.every((byte) => byte === value);

for (const [command, start, offers] of servers) {
  describeWith([command], command, () => {
    const folder = temporaryFolder();

    test('each command that it offers does what it says', async () => {
      const server = await start(folder);
      await using client = await NbdClient.connect(server.uri);
      const can = client.capabilities;
      const offered = Object.entries(can).flatMap(([name, value]) => (value === true ? [name] : []));
      expect(offered).toEqual(expect.arrayContaining(offers.commands));
      expect(can.blockStatus).toBe(offers.status);

      await client.write(0, Buffer.alloc(16 * MIB, 1), { fua: can.fua });
      await client.flush();
      await client.writeZeroes(MIB, MIB);
      await client.writeZeroes(3 * MIB, MIB, { noHole: true, fua: can.fua });
      await client.trim(5 * MIB, MIB, { fua: can.fua });
      if (can.cache) await client.cache(0, 8 * MIB);
      // Fast or not at all, and then nothing has changed.
      const fast = can.fastZero
        ? await client.writeZeroes(7 * MIB, MIB, { fast: true }).then(
            () => 0,
            (error: { errno: string }) => (error.errno === 'ENOTSUP' ? 1 : error.errno),
          )
        : 1;
      const data = await client.read(0, 16 * MIB);
      const piece = (at: number): Uint8Array => data.subarray(at * MIB, (at + 1) * MIB);
      for (const at of [0, 2, 4, 6, 8, 15]) expect(isFilled(piece(at), 1), `MiB ${at}`).toBe(true);
      for (const at of [1, 3]) expect(isFilled(piece(at), 0), `MiB ${at}`).toBe(true);
      expect(isFilled(piece(7), fast as number)).toBe(true);

      if (offers.status) {
        // The second write of zeroes may have become data, the trimmed range anything.
        const status = await client.blockStatus(0, 16 * MIB);
        const [first] = status.get('base:allocation') ?? [];
        expect(first).toEqual({ length: MIB, status: 0 });
        const one = await client.blockStatus(MIB, MIB, { one: true });
        expect(one.get('base:allocation')).toEqual([{ length: MIB, status: expect.any(Number) }]);
      }
      await client.close();
      await server.stop();
    });

    test('zeroes beyond 64 MiB are written to the last byte', async () => {
      // nbd-server reports success for a longer request, and stops at 64 MiB.
      const server = await start(folder);
      await using client = await NbdClient.connect(server.uri);
      const tail = EXPORT_SIZE - MIB;
      await client.write(tail, Buffer.alloc(MIB, 7));
      await client.writeZeroes(0, EXPORT_SIZE);
      expect(isFilled(await client.read(tail, MIB), 0)).toBe(true);
      await client.close();
      await server.stop();
    });
  });
}
