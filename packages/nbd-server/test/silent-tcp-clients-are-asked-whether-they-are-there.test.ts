import { readFileSync } from 'node:fs';
import type { NbdServerThreads } from '@coaio/nbd-server';
import { QIOChannelSocket, type SocketAddress } from '@coaio/qio-channel';
import { expect, test } from 'vitest';
import { RawClient } from './support/raw-client.js';
import { inet, knowsReusePort, threadsOver } from './support/server-threads.js';
import { serverOf, smallDisk } from './support/servers.js';
import { settle } from './support/settle.js';

/** Of the connections that were accepted at `port`: which timer of the system runs, 2 = keepalive. */
function timersAt(port: number): number[] {
  const local = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .flatMap((line) => {
      const [, address, , state, , timer = ''] = line.trim().split(/\s+/);
      return address === local && state === '01' ? [Number.parseInt(timer, 16)] : [];
    });
}

const server = async (address: SocketAddress): Promise<string> =>
  await serverOf(smallDisk()).server.listen(address);
const threads = async (): Promise<NbdServerThreads> => await threadsOver(new SharedArrayBuffer(4096), 2);

const SERVERS: [name: string, listen: (address: SocketAddress) => Promise<string>][] = [
  ['a server', server],
  ['threads that are handed their clients', async (address) => await (await threads()).listen(address)],
];
if (knowsReusePort) {
  SERVERS.push(['threads that listen', async (address) => await (await threads()).listenInThreads(address)]);
}

test.runIf(process.platform === 'linux').each(
  SERVERS.flatMap(([name, listen]) => [
    { name, told: 'by default', listen, options: {}, timer: 2 },
    { name, told: 'unless the address says otherwise', listen, options: { keepAlive: false }, timer: 0 },
  ]),
)('of $name, $told', async ({ listen, options, timer }) => {
  const uri = new URL(await listen({ ...inet, ...options }));
  const port = Number(uri.port);
  const clients: RawClient[] = [];
  // More than one: they may have come to different threads.
  while (clients.length < 8) {
    const client = new RawClient(await QIOChannelSocket.connect({ ...inet, port }));
    await client.handshake();
    clients.push(client);
  }
  // While what was sent last is not acknowledged, it is another one.
  while (timersAt(port).includes(1)) await settle(1);
  expect(timersAt(port)).toEqual(clients.map(() => timer));
  for (const client of clients) {
    await client.disconnect();
    client.channel.close();
  }
});
