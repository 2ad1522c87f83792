import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf, QIOChannelError } from '../qio-channel-error.js';
import type { X509Options } from './tls-credentials.js';

export interface FolderOptions {
  /** What to use where a folder has both; default: the certificates. */
  kind?: 'x509' | 'psk' | undefined;
  /** Whose key a client uses of `keys.psk`; default `qemu`. */
  username?: string | undefined;
  /** Of the private key. */
  passphrase?: string | undefined;
}

/** What a folder in the layout of QEMU's `tls-creds-x509` and `tls-creds-psk` has for `role`. */
export async function credentialsFromFolder(
  folder: string,
  role: 'client' | 'server',
  options: FolderOptions,
): Promise<{ x509: X509Options } | { pskFile: string }> {
  const pskFile = join(folder, 'keys.psk');
  if (options.kind === 'psk') return { pskFile };
  const certificateFile = join(folder, `${role}-cert.pem`);
  const keyFile = join(folder, `${role}-key.pem`);
  const [ca, crl, certificate, key] = await Promise.all([
    readIfThere(join(folder, 'ca-cert.pem')),
    readIfThere(join(folder, 'ca-crl.pem')),
    readIfThere(certificateFile),
    readIfThere(keyFile),
  ]);
  const own = [ca, certificate, key].some((content) => content !== undefined);
  if (!own && options.kind === undefined && (await readIfThere(pskFile)) !== undefined) return { pskFile };
  // A server that asks no client for a certificate needs no authority.
  if (ca === undefined && role === 'client') throw missing(join(folder, 'ca-cert.pem'), role);
  if (certificate === undefined && (role === 'server' || key !== undefined))
    throw missing(certificateFile, role);
  if (key === undefined && (role === 'server' || certificate !== undefined)) throw missing(keyFile, role);
  return { x509: { ca: ca ?? [], certificate, key, crl, passphrase: options.passphrase } };
}

async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw new QIOChannelError(
      'QIO_CHANNEL_TLS_CREDENTIALS',
      `TLS credentials: ${path} cannot be read`,
      error,
    );
  }
}

function missing(path: string, role: string): QIOChannelError {
  return new QIOChannelError(
    'QIO_CHANNEL_TLS_CREDENTIALS',
    `TLS credentials: a ${role} needs ${path}, and there is no such file`,
  );
}
