import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { NbdClient, type NbdClientEvent } from '@coaio/nbd-client';
import { parseNbdUri } from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { describeWith } from './support/requires.js';
import { startQemuNbdWith } from './support/servers.js';
import { temporaryFolder } from './support/temporary-folder.js';

const SIZE = 32 << 20;
const BLOCK = 64 << 10;

/** Passes bytes between clients and the server at `path`; a test may cut any of the connections. */
async function relayTo(path: string, at: string): Promise<{ sockets: Socket[]; close(): void }> {
  const sockets: Socket[] = [];
  const relay = createServer((client) => {
    const server = connect({ path });
    sockets.push(client);
    client.pipe(server).pipe(client);
    client.on('error', () => server.destroy());
    client.on('close', () => server.destroy());
    server.on('error', () => client.destroy());
  });
  relay.listen(at);
  await once(relay, 'listening');
  return { sockets, close: () => void relay.close() };
}

/** Different for each block and each round. */
const content = (block: number, round: number): Buffer =>
  Buffer.alloc(BLOCK, 1 + ((block * 7 + round) % 255));

describeWith(['qemu-nbd'], 'qemu-nbd', () => {
  const folder = temporaryFolder();

  test('the survivors take over, the fourth comes back, and the image is what was written', async () => {
    const image = `${folder}/disk.raw`;
    await writeFile(image, Buffer.alloc(SIZE));
    const server = await startQemuNbdWith(folder, '-f', 'raw', image);
    const { where } = parseNbdUri(server.uri);
    if (where.type !== 'unix') throw new Error('not a Unix socket');
    const relay = await relayTo(where.path, `${folder}/relay.sock`);
    const events: NbdClientEvent['type'][] = [];
    const client = await NbdClient.connect({
      uri: `nbd+unix:///?socket=${folder}/relay.sock`,
      connections: 4,
      reconnectDelayMs: 10_000,
      replayWrites: true,
      onEvent: ({ type }) => events.push(type),
    });
    expect(client.statistics.connections).toBe(4);
    const blocks = SIZE / BLOCK;
    for (let round = 0; round < 3; round++) {
      const writes = Array.from({ length: blocks }, (_, block) =>
        client.write(block * BLOCK, content(block, round)),
      );
      // In the middle of them.
      await writes[blocks / 4];
      relay.sockets[round + 1]?.destroy();
      await Promise.all(writes);
    }
    await client.flush();
    expect(events.filter((type) => type === 'connection-lost')).toHaveLength(3);
    expect(client.statistics.replays).toBeGreaterThan(0);
    const read = await client.read(0, SIZE);
    await client.close();
    relay.close();
    await server.stop();

    const onDisk = await readFile(image);
    expect(onDisk.equals(read)).toBe(true);
    for (let block = 0; block < blocks; block++) {
      const same = onDisk.subarray(block * BLOCK, (block + 1) * BLOCK).equals(content(block, 2));
      expect(same, `block ${block}`).toBe(true);
    }
  });
});
