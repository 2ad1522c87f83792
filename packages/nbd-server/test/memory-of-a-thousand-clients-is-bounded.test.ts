import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { QIOChannelSocket } from '@coaio/qio-channel';
import { expect, onTestFinished, test } from 'vitest';
import { RawClient, read, write } from './support/raw-client.js';

const CLIENTS = 1000;
const KIB = 1024;
const MIB = 2 ** 20;
/** `maxTotalInFlightBytes` of the server, and beside it what the collector has not seen yet. */
const TOTAL_KIB = 64 * KIB;
const SLACK_KIB = 64 * KIB;
/** What a connection has to itself, and what it has in any case: its socket, its buffers. */
const OWN_KIB = 256;
const EACH_KIB = 300;

async function message<T>(child: ReturnType<typeof fork>): Promise<T> {
  const [answer] = await once(child, 'message');
  return answer as T;
}

const reads = (count: number, length: number): Uint8Array =>
  Buffer.concat(Array.from({ length: count }, (_, cookie) => read(cookie, 0, length)));

test.each([
  ['ask for 16 MiB each and read nothing', reads(16, MIB), 0],
  ['ask for 64 KiB at a time and read nothing', reads(64, 64 * KIB), OWN_KIB],
  ['write 2 MiB each that the disk keeps', write(1, 0, new Uint8Array(2 * MIB)), 0],
  ['stop in their payloads', write(1, 0, new Uint8Array(MIB)).subarray(0, MIB - 1), 0],
])('clients that %s', { timeout: 60_000 }, async (_, bytes, ownKiB) => {
  const child = fork(fileURLToPath(new URL('./workers/hoarded-server.mjs', import.meta.url)));
  onTestFinished(() => void child.kill());
  const { uri } = await message<{ uri: string }>(child);
  const address = { type: 'inet', host: '127.0.0.1', port: Number(new URL(uri).port) } as const;
  const open = async (): Promise<RawClient> => {
    const client = new RawClient(await QIOChannelSocket.connect(address));
    onTestFinished(() => client.channel.close());
    await client.handshake();
    return client;
  };
  for (let count = 0; count < CLIENTS; count++) {
    const client = await open();
    // It ends with the test.
    client.send(bytes).catch(() => {});
  }
  // One more is served, and the others have had their turns meanwhile.
  const last = await open();
  for (let cookie = 0; cookie < 300; cookie++) {
    await last.send(read(cookie, 0, 4096));
    expect((await last.reply()).error).toBe(0);
  }
  child.send('how much?');
  const { grownKiB, connections } = await message<{ grownKiB: number; connections: number }>(child);
  expect(connections).toBe(CLIENTS + 1);
  expect(grownKiB).toBeLessThan(TOTAL_KIB + SLACK_KIB + CLIENTS * (EACH_KIB + ownKiB));
});
