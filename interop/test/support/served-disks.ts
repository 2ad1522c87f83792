import { randomBytes } from 'node:crypto';
import { open } from 'node:fs/promises';
import { parseNbdUri } from '@coaio/nbd-protocol';
import { EXPORT_SIZE, type RunningServer, startNbdServeWith } from './servers.js';

export type Transport = 'unix' | 'tcp' | 'tls';
export type DiskKind = 'memory' | 'file';

/** Every disk that `nbd-serve` keeps, over every transport. */
export const COMBINATIONS: readonly (readonly [DiskKind, Transport])[] = [
  ['memory', 'unix'],
  ['memory', 'tcp'],
  ['memory', 'tls'],
  ['file', 'unix'],
  ['file', 'tcp'],
  ['file', 'tls'],
];

const MIB = 2 ** 20;
/** Where an image has data, a MiB each. */
const DATA_AT = [0, 20 * MIB, EXPORT_SIZE - MIB];

export interface ServedDisk extends RunningServer {
  /** What QEMU's tools take in place of a file name, with the object that it refers to. */
  readonly qemu: readonly string[];
}

let served = 0;

/** `nbd-serve` with an empty disk; `tls` uses the certificates of {@link makeCredentials} in `folder`. */
export async function serveDisk(
  folder: string,
  kind: DiskKind,
  transport: Transport,
  ...args: string[]
): Promise<ServedDisk> {
  const path = `${folder}/served-${++served}`;
  if (kind === 'file') await emptyFile(path);
  const disk = kind === 'memory' ? ['--memory', String(EXPORT_SIZE)] : ['--file', path];
  const pki = `${folder}/pki`;
  const where = transport === 'unix' ? ['--unix', `${path}.sock`] : ['--tcp', '0'];
  const tls = transport === 'tls' ? ['--tls-certificates', pki, '--tls-verify-peer'] : [];
  const server = await startNbdServeWith(...disk, ...where, ...tls, ...args);
  const uri = transport === 'tls' ? `${server.uri}?tls-certificates=${pki}` : server.uri;
  return { ...server, uri, qemu: qemuArguments(server.uri, pki) };
}

function qemuArguments(uri: string, pki: string): string[] {
  const { where, tls } = parseNbdUri(uri);
  const place = where.type === 'unix' ? `path=${where.path}` : `host=${where.host},port=${where.port}`;
  const image = ['--image-opts', `driver=nbd,discard=unmap,${place}${tls ? ',tls-creds=tls' : ''}`];
  return tls ? ['--object', `tls-creds-x509,id=tls,dir=${pki},endpoint=client`, ...image] : image;
}

async function emptyFile(path: string): Promise<void> {
  const file = await open(path, 'w');
  await file.truncate(EXPORT_SIZE);
  await file.close();
}

/** A sparse file of {@link EXPORT_SIZE} bytes with little in it. */
export async function sparseImage(path: string): Promise<void> {
  const file = await open(path, 'w');
  await file.truncate(EXPORT_SIZE);
  for (const at of DATA_AT) await file.write(randomBytes(MIB), 0, MIB, at);
  await file.close();
}

/** Whether all that {@link sparseImage} has put there is within `extents` of data. */
export function coversTheData(extents: readonly { offset: number; length: number }[]): boolean {
  return DATA_AT.every((at) =>
    extents.some(({ offset, length }) => offset <= at && offset + length >= at + MIB),
  );
}
