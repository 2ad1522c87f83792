import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { NBD_CMD_WRITE, NBD_EINVAL, NBD_EPERM } from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import type { NbdBackend } from '../src/index.js';
import { extended, RawClient, read, request } from './support/raw-client.js';
import { TLS_CLIENT, tlsServer } from './support/tls.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const MIB = 2 ** 20;
const large: NbdBackend = { size: 2 ** 30, read: () => {}, write: () => {} };

test('of any size, and the memory for them is bounded', async () => {
  const { server } = tlsServer();
  server.addExport('large', large);
  server.addExport('ro', large, { readOnly: true });
  for (const [exportName, error] of [
    ['large', NBD_EINVAL],
    ['ro', NBD_EPERM],
  ] as const) {
    const client = await RawClient.open(server, { ...TLS_CLIENT, exportName });
    const before = process.memoryUsage().arrayBuffers;
    const piece = new Uint8Array(MIB);
    await client.send(request(NBD_CMD_WRITE, 1, 0, 33 * MIB));
    let most = 0;
    for (let sent = 0; sent < 33; sent++) {
      await client.send(piece);
      collectGarbage();
      most = Math.max(most, process.memoryUsage().arrayBuffers - before);
    }
    await client.send(read(2, 0, 4));
    expect((await client.replies(2)).map((reply) => reply.error)).toEqual([error, 0]);
    // What is on its way, on both sides, and nothing like the 33 MiB.
    expect(most).toBeLessThan(8 * MIB);
    await client.disconnect();
  }
});

test('with extended headers as well', async () => {
  const { server } = tlsServer();
  server.addExport('ro', large, { readOnly: true });
  const client = await RawClient.open(server, { ...TLS_CLIENT, exportName: 'ro', extendedHeaders: true });
  await client.send(extended(NBD_CMD_WRITE, 1, 0, 0, { payload: new Uint8Array(MIB) }), extended(0, 2, 0, 4));
  expect((await client.replies(2)).map((reply) => reply.error)).toEqual([NBD_EPERM, 0]);
  await client.disconnect();
});

test('a client that leaves in one ends its own connection', async () => {
  const { server, complaints } = tlsServer();
  const client = await RawClient.open(server, TLS_CLIENT);
  await client.send(request(NBD_CMD_WRITE, 1, 2 ** 30, MIB), new Uint8Array(1000));
  client.channel.close();
  await client.served;
  expect(complaints).toMatchObject([{ error: { code: 'NBD_UNEXPECTED_EOF' } }]);
});
