import { NbdClient } from '@coaio/nbd-client';
import { expect, test } from 'vitest';
import { describeWith } from './support/requires.js';
import { type StartServer, startNbdkit, startNbdServer, startQemuNbd } from './support/servers.js';
import { temporaryFolder } from './support/temporary-folder.js';

const servers: [string, StartServer][] = [
  ['nbdkit', startNbdkit],
  ['qemu-nbd', startQemuNbd],
  ['nbd-server', startNbdServer],
];

/** Offset and length: odd ones, one that crosses the socket's buffers, the last bytes. */
const ranges = (size: number): [number, number][] => [
  [0, 512],
  [4096, 4096],
  [12_345, 6789],
  [1 << 20, 1 << 20],
  [10 << 20, 16 << 20],
  [size - 100_000, 100_000],
];

function pattern(offset: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let index = 0; index < length; index++) bytes[index] = (offset + index) % 251;
  return bytes;
}

for (const [command, start] of servers) {
  describeWith([command], command, () => {
    const folder = temporaryFolder();

    test('data is the same byte for byte, written and read with many requests in flight', async () => {
      const server = await start(folder);
      await using client = await NbdClient.connect(server.uri);
      expect(client.info.size).toBe(BigInt(server.size));

      const all = ranges(server.size);
      await Promise.all(all.map(([offset, length]) => client.write(offset, pattern(offset, length))));
      await client.flush();
      await client.write(0, pattern(7, 512), { fua: client.info.canFua });

      // On a second connection: it is the server that has the data.
      const other = await NbdClient.connect(server.uri);
      expect(Buffer.compare(await other.read(0, 512), pattern(7, 512))).toBe(0);
      const rest = all.slice(1);
      const read = await Promise.all(rest.map(([offset, length]) => other.read(offset, length)));
      for (const [index, [offset, length]] of rest.entries()) {
        expect(Buffer.compare(read[index] ?? Buffer.alloc(0), pattern(offset, length)), `at ${offset}`).toBe(
          0,
        );
      }
      expect((await other.read(512, 1000)).every((byte) => byte === 0)).toBe(true);
      await other.close();
      await client.close();
      await server.stop();
    });

    test('a killed server fails what is in flight, and nothing hangs', async () => {
      const server = await start(folder);
      const client = await NbdClient.connect(server.uri);
      const outcomes: string[] = [];
      const workers = Array.from({ length: 16 }, async (_, worker) => {
        for (let round = 0; ; round++) {
          // Mid-run: every worker has a request under way or is about to send one.
          if (worker === 0 && round === 50) server.kill('SIGKILL');
          await client.read(worker << 20, 256 << 10);
        }
      });
      for (const settled of await Promise.allSettled(workers)) {
        if (settled.status === 'rejected') outcomes.push(settled.reason.code);
      }
      expect(outcomes).toEqual(Array.from({ length: 16 }, () => 'NBD_CONNECTION_LOST'));
      await client.close();
      await server.stop();
    });
  });
}
