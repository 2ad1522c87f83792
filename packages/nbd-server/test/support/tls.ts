import { CertificateAuthority } from '@coaio/certificates';
import { TlsCredentials } from '@coaio/qio-channel';
import { onTestFinished } from 'vitest';
import { MemoryExport, NbdServer, type NbdServerTls } from '../../src/index.js';
import { pattern, type RawClientOptions } from './raw-client.js';
import type { Complaint } from './servers.js';

export const authority = await CertificateAuthority.create();

export async function certificateOf(issuer: CertificateAuthority, name: string) {
  const { certificate, key } = await issuer.issue({ name, dns: [`${name}.test`], ip: ['127.0.0.1'] });
  return { certificate, key };
}

/** A server's, for `server.test`. */
export const serverCredentials = TlsCredentials.x509({
  ca: authority.certificate,
  ...(await certificateOf(authority, 'server')),
});

/** What a client that trusts it opens with. */
export const TLS_CLIENT = {
  tls: 'require',
  tlsClient: { credentials: TlsCredentials.x509({ ca: authority.certificate }), hostname: 'server.test' },
} as const satisfies RawClientOptions;

/** A server with the exports '' and "secret", which is for clients inside TLS, of 64 KiB each. */
export function tlsServer(tls: Partial<NbdServerTls> = {}, options = {}) {
  const complaints: Complaint[] = [];
  const server = new NbdServer({
    tls: { credentials: serverCredentials, ...tls },
    onConnectionError: (error, clientName) => complaints.push({ error, clientName }),
    ...options,
  });
  const disk = new MemoryExport(pattern(65536));
  server.addExport('', disk, { description: 'for all' });
  server.addExport('secret', new MemoryExport(65536), { tlsRequired: true });
  onTestFinished(() => server.close());
  return { server, complaints, disk };
}
