import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NbdClient } from '@coaio/nbd-client';
import { expect, test } from 'vitest';
import { NbdServe } from './support/run-nbd-serve.js';
import { temporaryFolder } from './support/temporary-folder.js';
import { authority, certificateOf } from './support/tls.js';

/** A folder in QEMU's layout, with a server's certificate and a client's. */
async function certificates(): Promise<string> {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'ca-cert.pem'), authority.certificate);
  for (const name of ['server', 'client']) {
    const { certificate, key } = await certificateOf(authority, name);
    await writeFile(join(folder, `${name}-cert.pem`), certificate);
    await writeFile(join(folder, `${name}-key.pem`), key);
  }
  return folder;
}

async function serve(...args: string[]): Promise<{ command: NbdServe; uri: string }> {
  const command = new NbdServe(['--memory', '1M', '--port', '0', ...args]);
  return { command, uri: await command.line() };
}

async function size(uri: string): Promise<bigint> {
  const client = await NbdClient.connect(uri);
  await client.close();
  return client.info.size;
}

test('certificates: nothing without TLS', async () => {
  const folder = await certificates();
  const { command, uri } = await serve('--tls-certificates', folder);
  expect(uri).toMatch(/^nbds:/);
  expect(await size(`${uri}?tls-certificates=${folder}`)).toBe(2n ** 20n);
  await expect(size(uri.replace('nbds', 'nbd'))).rejects.toThrow(/TLS/);
  await command.stop();
});

test('--tls allow: with and without', async () => {
  const folder = await certificates();
  const { command, uri } = await serve('--tls-certificates', folder, '--tls', 'allow');
  expect(uri).toMatch(/^nbd:/);
  expect(await size(uri)).toBe(2n ** 20n);
  expect(await size(`${uri.replace('nbd', 'nbds')}?tls-certificates=${folder}`)).toBe(2n ** 20n);
  await command.stop();
});

test('--tls-verify-peer: who has a certificate is let in', async () => {
  const folder = await certificates();
  const { command, uri } = await serve('--tls-certificates', folder, '--tls-verify-peer');
  expect(await size(`${uri}?tls-certificates=${folder}`)).toBe(2n ** 20n);
  const trusting = await temporaryFolder();
  await writeFile(join(trusting, 'ca-cert.pem'), authority.certificate);
  await expect(size(`${uri}?tls-certificates=${trusting}`)).rejects.toThrow();
  expect((await command.stop()).stderr).toMatch(/^nbd-serve: client 2 of [^\n]*certificate[^\n]*\n$/);
});

test('keys, and a captive client finds them', async () => {
  const file = join(await temporaryFolder(), 'keys.psk');
  await writeFile(file, `alice:${'ab'.repeat(32)}\n`);
  const { command, uri } = await serve('--tls-psk', file);
  const withUser = uri.replace('nbds://', 'nbds://alice@');
  expect(await size(`${withUser}?tls-psk-file=${file}`)).toBe(2n ** 20n);
  await command.stop();
  const captive = new NbdServe(['--memory', '1M', '--tls-psk', file, '--run', 'echo $uri']);
  expect((await captive.ended).stdout).toContain(`&tls-psk-file=${file}\n`);
});
