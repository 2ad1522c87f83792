import { resolve } from 'node:path';
import { formatNbdUri, parseNbdUri } from '@coaio/nbd-protocol';
import { TlsCredentials } from '@coaio/qio-channel';
import type { NbdServerTls } from '../nbd-server-tls.js';
import type { TlsPlan } from './serve-plan.js';

/** @throws QIOChannelError `QIO_CHANNEL_TLS_CREDENTIALS`, naming the file. */
export async function openTls({ from, policy, verifyPeer }: TlsPlan): Promise<NbdServerTls> {
  const credentials =
    'certificates' in from
      ? await TlsCredentials.fromFolder(from.certificates, 'server', { kind: 'x509' })
      : await TlsCredentials.fromPskFile(from.pskFile, 'server');
  return { credentials, policy, verifyPeer };
}

/** `uri` for a client on this machine, which finds what it needs for TLS where the server did (libnbd's parameters). */
export function withLocalTls(uri: string, tls: TlsPlan | null): string {
  const parsed = parseNbdUri(uri);
  if (tls === null || !parsed.tls) return uri;
  const { from } = tls;
  return formatNbdUri({
    ...parsed,
    ...('certificates' in from
      ? { tlsCertificates: resolve(from.certificates) }
      : { tlsPskFile: resolve(from.pskFile) }),
  });
}
