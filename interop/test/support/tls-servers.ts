import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { CertificateAuthority } from '@coaio/certificates';
import { onTestFinished } from 'vitest';
import { answers, EXPORT_SIZE } from './servers.js';

/** The name that the server's certificate is for, beside 127.0.0.1. */
export const SERVER_NAME = 'server.test';

/**
 * Makes in `folder`: `pki` for a server and a client, `trusting` for a client without a certificate, `stranger` for one of another authority,
 * and `keys.psk` with keys of alice and of qemu.
 */
export async function makeCredentials(folder: string): Promise<void> {
  const authority = await CertificateAuthority.create();
  const stranger = await CertificateAuthority.create('stranger');
  const server = await authority.issue({ name: 'server', dns: [SERVER_NAME], ip: ['127.0.0.1'] });
  const client = await authority.issue({ name: 'client' });
  const files: Record<string, string> = {
    'pki/ca-cert.pem': authority.certificate,
    'pki/server-cert.pem': server.certificate,
    'pki/server-key.pem': server.key,
    'pki/client-cert.pem': client.certificate,
    'pki/client-key.pem': client.key,
    'trusting/ca-cert.pem': authority.certificate,
    'stranger/ca-cert.pem': stranger.certificate,
  };
  for (const name of ['pki', 'trusting', 'stranger', 'psk']) mkdirSync(`${folder}/${name}`);
  for (const [name, text] of Object.entries(files)) writeFileSync(`${folder}/${name}`, text);
  for (const user of ['alice', 'qemu']) {
    execFileSync('psktool', ['--username', user, '--pskfile', `${folder}/psk/keys.psk`], { stdio: 'ignore' });
  }
}

let started = 0;

/** Starts `command` with these arguments, in which SOCKET stands for where it is to listen. @returns the path. */
export async function startOn(folder: string, command: string, args: readonly string[]): Promise<string> {
  const path = `${folder}/tls-${++started}.sock`;
  const child = spawn(
    command,
    args.map((word) => word.replace('SOCKET', path)),
    { stdio: 'ignore' },
  );
  onTestFinished(() => void child.kill('SIGKILL'));
  await answers(path, () => child.exitCode);
  return path;
}

/** nbdkit with a pattern: each 8 bytes hold their own offset. */
export const startTlsNbdkit = (folder: string, ...tls: string[]): Promise<string> =>
  startOn(folder, 'nbdkit', ['-f', '-U', 'SOCKET', ...tls, 'pattern', String(EXPORT_SIZE)]);

/** qemu-nbd with an export "disk" of zeroes. */
export function startTlsQemuNbd(folder: string, credentials: string, ...more: string[]): Promise<string> {
  const image = `${folder}/disk-${started}.raw`;
  execFileSync('qemu-img', ['create', '-q', '-f', 'raw', image, String(EXPORT_SIZE)]);
  const tls = ['--object', `${credentials},id=tls,endpoint=server`, '--tls-creds', 'tls'];
  return startOn(folder, 'qemu-nbd', [
    '-t',
    '-e',
    '8',
    '-k',
    'SOCKET',
    ...tls,
    ...more,
    '-f',
    'raw',
    '-x',
    'disk',
    image,
  ]);
}
