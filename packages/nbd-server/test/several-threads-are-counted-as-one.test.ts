import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { NbdClient } from '@coaio/nbd-client';
import { expect, test } from 'vitest';
import { pattern } from './support/raw-client.js';
import { NbdServe } from './support/run-nbd-serve.js';
import { temporaryFolder } from './support/temporary-folder.js';

const THREADS = ['--threads', '2'];

const ADDRESSES = [
  ['TCP', async () => ['--port', '0']],
  ['Unix', async () => ['--unix', join(await temporaryFolder(), 'nbd.sock')]],
] as const;

test.each(ADDRESSES)('--max-connections, over %s', async (_name, address) => {
  const command = new NbdServe([
    ...['--memory', '1M', '--max-connections', '3', ...THREADS],
    ...(await address()),
  ]);
  const uri = await command.line();
  const clients = await Promise.all([uri, uri, uri].map((one) => NbdClient.connect(one)));
  await expect(NbdClient.connect(uri)).rejects.toThrow();
  for (const client of clients) await client.close();
  // When they have left there are three places again.
  await expect.poll(() => letIn(uri), { timeout: 20_000 }).toBe(3);
  const { code, stderr } = await command.stop();
  expect(code).toBe(0);
  expect(stderr).toMatch(/^(nbd-serve: client \d+ of [^\n]*3 clients are connected, which is the limit\n)+$/);
});

/** How many of three are. */
async function letIn(uri: string): Promise<number> {
  const clients = await Promise.allSettled([uri, uri, uri].map((one) => NbdClient.connect(one)));
  const served = clients.flatMap((client) => (client.status === 'fulfilled' ? [client.value] : []));
  for (const client of served) await client.close();
  return served.length;
}

test.each(ADDRESSES)('--statistics, SIGUSR1 and --access-log, over %s', async (name, address) => {
  const log = join(await temporaryFolder(), 'access.log');
  const command = new NbdServe([
    ...['--memory', '1M', '--statistics', '--access-log', log, ...THREADS],
    ...(await address()),
  ]);
  const uri = await command.line();
  const clients = await Promise.all(Array.from({ length: 6 }, () => NbdClient.connect(uri)));
  for (const client of clients) await client.write(0, pattern(1000));
  command.process.kill('SIGUSR1');
  expect(totals(await command.complaint())).toMatchObject({
    ...{ connections: 6, accepted: 6, write: 6, bytesWritten: 6000, read: 0, failed: 0 },
  });
  for (const client of clients.slice(1)) await client.close();
  const { code, stderr } = await command.stop();
  await clients[0]!.close().catch(() => {});
  expect(code).toBe(0);
  expect(totals(stderr.trim().split('\n').at(-1) ?? '')).toMatchObject({
    ...{ connections: 0, accepted: 6, write: 6, bytesWritten: 6000 },
  });
  const lines = (await readFile(log, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines).toHaveLength(6);
  for (const line of lines) {
    expect(line).toMatchObject({ export: '', tls: false, write: 1, bytesWritten: 1000 });
    expect(line.address).toBe(name === 'TCP' ? '127.0.0.1' : undefined);
  }
});

const totals = (line: string): unknown => JSON.parse(line.replace('nbd-serve: statistics ', ''));

test('--handshake-timeout', async () => {
  const command = new NbdServe([
    ...['--memory', '1M', '--port', '0', '--handshake-timeout', '0.05', ...THREADS],
  ]);
  const socket = connect(Number(new URL(await command.line()).port), '127.0.0.1').resume();
  await once(socket, 'close');
  expect((await command.stop()).stderr).toMatch(/did not choose an export within 50 ms\n$/);
});
