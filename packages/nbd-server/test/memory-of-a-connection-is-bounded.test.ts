import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { coRun } from '@coaio/coroutine';
import { QIOChannelSocket } from '@coaio/qio-channel';
import { expect, onTestFinished, test } from 'vitest';
import { RawClient, write } from './support/raw-client.js';

const WRITES = process.env['COAIO_SOAK'] === undefined ? 400 : 10_000;
const MIB = 2 ** 20;
/** `maxInFlightBytes`, and beside it what the collector has not seen yet: 32 MiB were measured, 60 MiB with 10,000 writes. */
const BOUND_KIB = 96 * 1024;

async function message<T>(child: ReturnType<typeof fork>): Promise<T> {
  const [answer] = await once(child, 'message');
  return answer as T;
}

test(`${WRITES} writes of 1 MiB at once to a slow backend`, async () => {
  const child = fork(fileURLToPath(new URL('./workers/slow-server.mjs', import.meta.url)));
  onTestFinished(() => void child.kill());
  const { uri } = await message<{ uri: string }>(child);
  const address = { type: 'inet', host: '127.0.0.1', port: Number(new URL(uri).port) } as const;
  const client = new RawClient(await QIOChannelSocket.connect(address));
  await client.handshake();
  const one = write(1, 0, new Uint8Array(MIB));
  const writing = coRun(function* () {
    for (let sent = 0; sent < WRITES; sent++) yield* client.channel.writevAll([one]);
  });
  for (const reply of await client.replies(WRITES)) expect(reply.error).toBe(0);
  await writing;
  child.send('how much?');
  const { grownKiB, writes } = await message<{ grownKiB: number; writes: number }>(child);
  expect(writes).toBe(WRITES);
  expect(grownKiB).toBeLessThan(BOUND_KIB);
  client.channel.close();
});
