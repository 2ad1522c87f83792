import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NbdClient } from '@coaio/nbd-client';
import { expect, test } from 'vitest';
import { pattern, sameBytes } from './support/raw-client.js';
import { NbdServe } from './support/run-nbd-serve.js';
import { temporaryFolder } from './support/temporary-folder.js';

const MIB = 2 ** 20;
const TIB = 2 ** 40;
const THREADS = ['--threads', '3'];

async function connectTo(uris: readonly string[], exportName = ''): Promise<NbdClient[]> {
  return await Promise.all(uris.map((uri) => NbdClient.connect({ uri, exportName })));
}

/** Each writes a part, and after that each reads all. */
async function shareADisk(clients: readonly NbdClient[], offset: number, size: number): Promise<void> {
  const bytes = pattern(size);
  const part = size / clients.length;
  await Promise.all(
    clients.map((client, index) =>
      client.write(offset + index * part, bytes.subarray(index * part, (index + 1) * part)),
    ),
  );
  for (const client of clients) {
    expect(sameBytes(await client.read(offset, size), bytes)).toBe(true);
  }
}

test('memory is one disk for all, at TCP and Unix addresses', async () => {
  const path = join(await temporaryFolder(), 'nbd.sock');
  const addresses = ['--port', '0', '--unix', path];
  const command = new NbdServe(['--memory', '8T', ...addresses, ...THREADS]);
  const [unix = '', tcp = ''] = await command.lines(2);
  const clients = await connectTo([unix, unix, unix, tcp, tcp, tcp]);
  expect(clients.every(({ info }) => info.canMultiConn)).toBe(true);
  await shareADisk(clients, 3 * TIB - 5, 6 * MIB);
  await clients[0]!.trim(3 * TIB, 4 * MIB);
  for (const client of clients) {
    expect(sameBytes(await client.read(3 * TIB, 4 * MIB), new Uint8Array(4 * MIB))).toBe(true);
    const [[, extents] = []] = await client.blockStatus(3 * TIB, 8 * MIB);
    expect(extents).toMatchObject([
      { length: 4 * MIB, status: 3 },
      { length: 2 * MIB, status: 0 },
      { length: 2 * MIB, status: 3 },
    ]);
  }
  for (const client of clients) await client.close();
  expect(await command.stop()).toMatchObject({ code: 0, stderr: '' });
});

test('files, zeroes and what is read-only', async () => {
  const folder = await temporaryFolder();
  const file = join(folder, 'disk.raw');
  await writeFile(file, new Uint8Array(3 * MIB));
  await writeFile(join(folder, 'other.raw'), pattern(4096));
  const unix = ['--unix', join(folder, 'nbd.sock')];
  const command = new NbdServe([
    ...['--null', '1T', '--export', `disk=${file}`, '--export', `other=${folder}/other.raw`],
    ...unix,
    ...THREADS,
  ]);
  const uri = await command.line();
  const uris = [uri, uri, uri];
  const clients = await connectTo(uris, 'disk');
  await shareADisk(clients, 0, 3 * MIB);
  await clients[0]!.flush();
  expect(sameBytes(await readFile(file), pattern(3 * MIB))).toBe(true);
  for (const client of [...(await connectTo(uris, 'other')), ...(await connectTo(uris))]) {
    const { size } = client.info;
    const expected = size === 4096n ? pattern(4096) : new Uint8Array(4096);
    expect(sameBytes(await client.read(0, 4096), expected)).toBe(true);
    await client.close();
  }
  for (const client of clients) await client.close();
  expect(await command.stop()).toMatchObject({ code: 0, stderr: '' });

  const readOnly = new NbdServe(['--memory', '1M', '--read-only', ...unix, ...THREADS]);
  const client = await NbdClient.connect(await readOnly.line());
  expect(client.info.readOnly).toBe(true);
  await client.close();
  await readOnly.stop();
});

test('inside TLS', async () => {
  const keys = join(await temporaryFolder(), 'keys.psk');
  await writeFile(keys, `alice:${'ab'.repeat(32)}\n`);
  const command = new NbdServe(['--memory', '4M', '--port', '0', '--tls-psk', keys, ...THREADS]);
  const uri = `${(await command.line()).replace('nbds://', 'nbds://alice@')}?tls-psk-file=${keys}`;
  const clients = await connectTo([uri, uri]);
  await shareADisk(clients, 0, 4 * MIB);
  for (const client of clients) await client.close();
  expect(await command.stop()).toMatchObject({ code: 0, stderr: '' });
});

test('while a command runs, which finds the address', async () => {
  const run = 'test -S "$unixsocket" && echo "$uri"; exit 7';
  const { code, stdout } = await new NbdServe(['--memory', '1M', ...THREADS, '--run', run]).ended;
  expect({ code, stdout }).toEqual({ code: 7, stdout: expect.stringMatching(/^nbd\+unix:/) });
});

test('at sockets that systemd has made', async () => {
  const path = join(await temporaryFolder(), 'systemd.sock');
  const command = new NbdServe(
    [path, '--memory', '3M', '--print-uri', ...THREADS],
    'starts-with-sockets.mjs',
  );
  const [unix = '', tcp = ''] = await command.lines(2);
  const clients = await connectTo([unix, tcp, unix]);
  await shareADisk(clients, 0, 3 * MIB);
  for (const client of clients) await client.close();
  process.kill(Number(await command.complaint()), 'SIGTERM');
  expect((await command.ended).code).toBe(0);
});

test('SIGTERM answers what is in flight and ends connected clients', async () => {
  const command = new NbdServe(['--memory', '1M', '--port', '0', ...THREADS]);
  const clients = await connectTo(Array(4).fill(await command.line()));
  const writes = clients.map((client) => client.write(0, pattern(1000)));
  await Promise.all(writes);
  expect(await command.stop()).toMatchObject({ code: 0, stderr: '' });
  for (const client of clients) {
    await expect(client.read(0, 1)).rejects.toThrow();
    await client.close().catch(() => {});
  }
});
