import { readFileSync } from 'node:fs';
import { QIOChannelSocket } from '@coaio/qio-channel';
import { expect, test } from 'vitest';
import { RawClient } from './support/raw-client.js';
import { serverOf, smallDisk } from './support/servers.js';
import { settle } from './support/settle.js';

/** Of the connection that was accepted at `port`: which timer of the system runs, 2 = keepalive. */
function timerAt(port: number): number | undefined {
  const local = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  for (const line of readFileSync('/proc/net/tcp', 'utf8').split('\n')) {
    const [, address, , state, , timer = ''] = line.trim().split(/\s+/);
    if (address === local && state === '01') return Number.parseInt(timer, 16);
  }
  return undefined;
}

test.runIf(process.platform === 'linux').each([
  ['by default', {}, 2],
  ['unless the address says otherwise', { keepAlive: false }, 0],
])('%s', async (_, options, timer) => {
  const { server } = serverOf(smallDisk());
  const uri = new URL(await server.listen({ type: 'inet', host: '127.0.0.1', port: 0, ...options }));
  const port = Number(uri.port);
  const client = new RawClient(await QIOChannelSocket.connect({ type: 'inet', host: '127.0.0.1', port }));
  await client.handshake();
  // While what was sent last is not acknowledged, it is another one.
  while (timerAt(port) === 1) await settle(1);
  expect(timerAt(port)).toBe(timer);
  await client.disconnect();
  client.channel.close();
});
