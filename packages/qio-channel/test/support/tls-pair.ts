import { CertificateAuthority } from '@coaio/certificates';
import {
  type PairOptions,
  type QIOChannel,
  QIOChannelPair,
  QIOChannelTls,
  type TlsClientOptions,
  TlsCredentials,
  type TlsServerOptions,
} from '@coaio/qio-channel';

export const authority = await CertificateAuthority.create();
const serverCertificate = await authority.issue({ name: 'server', dns: ['server.test'], ip: ['127.0.0.1'] });

/** A server for `server.test` and 127.0.0.1, and a client that trusts its authority. */
export const serverCredentials = TlsCredentials.x509({
  ca: authority.certificate,
  ...pick(serverCertificate),
});
export const clientCredentials = TlsCredentials.x509({ ca: authority.certificate });

/** What {@link TlsCredentials.x509} takes of an issued certificate. */
export function pick({ certificate, key }: { certificate: string; key: string }) {
  return { certificate, key };
}

export interface TlsPairOptions {
  client?: TlsClientOptions;
  server?: Partial<TlsServerOptions>;
}

/** TLS over a connected pair of channels: the client's end, the server's end. */
export async function tlsOver(
  [left, right]: readonly [QIOChannel, QIOChannel],
  options: TlsPairOptions = {},
): Promise<readonly [QIOChannelTls, QIOChannelTls]> {
  const [client, server] = await outcomes([left, right], options);
  if (client.status === 'rejected') throw client.reason;
  if (server.status === 'rejected') throw server.reason;
  return [client.value, server.value];
}

/** How a handshake ends for the client, and for the server. */
export async function outcomes(
  [left, right]: readonly [QIOChannel, QIOChannel],
  { client = {}, server = {} }: TlsPairOptions,
): Promise<readonly [PromiseSettledResult<QIOChannelTls>, PromiseSettledResult<QIOChannelTls>]> {
  return await Promise.allSettled([
    QIOChannelTls.promises.client(left, {
      credentials: clientCredentials,
      hostname: 'server.test',
      ...client,
    }),
    QIOChannelTls.promises.server(right, { credentials: serverCredentials, ...server }),
  ]);
}

/** {@link outcomes} over memory; of each the error, or else the session. */
export async function handshake(options: TlsPairOptions, memory: PairOptions = {}) {
  const [client, server] = await outcomes(QIOChannelPair.open(memory), options);
  const told = (outcome: PromiseSettledResult<QIOChannelTls>) => {
    if (outcome.status === 'rejected') return outcome.reason;
    const { session } = outcome.value;
    outcome.value.close();
    return session;
  };
  return { client: told(client), server: told(server) };
}
