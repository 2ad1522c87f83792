import { NbdClient } from '@coaio/nbd-client';
import { QIOChannelWebsock } from '@coaio/qio-channel/websock';
import { expect, test } from 'vitest';
import { describeWith } from './support/requires.js';
import { startNbdkit } from './support/servers.js';
import { temporaryFolder } from './support/temporary-folder.js';
import { startWebsockify } from './support/websockify.js';

describeWith(['nbdkit', 'websockify'], 'websockify before nbdkit', () => {
  const folder = temporaryFolder();

  test('what is written through a WebSocket is read back, with many requests in flight', async () => {
    const server = await startNbdkit(folder);
    const path = new URL(server.uri).searchParams.get('socket');
    const channel = await QIOChannelWebsock.connect(await startWebsockify(path ?? ''));
    const client = await NbdClient.connect({ channel });
    expect(client.info.size).toBe(BigInt(server.size));
    const blocks = Array.from({ length: 32 }, (_, index) => Buffer.alloc(100_000 + index, index + 1));
    await Promise.all(blocks.map((block, index) => client.write(index << 20, block)));
    const read = await Promise.all(blocks.map((block, index) => client.read(index << 20, block.length)));
    for (const [index, block] of blocks.entries()) expect(Buffer.compare(read[index]!, block)).toBe(0);
    await client.close();
    await server.stop();
  });
});
