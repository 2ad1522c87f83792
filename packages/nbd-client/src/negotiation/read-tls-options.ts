import { NbdUsageError } from '@coaio/nbd-protocol';
import { type QIOChannel, QIOChannelSocket, type TlsClientOptions, TlsCredentials } from '@coaio/qio-channel';
import type { ConnectPlan } from './connect-plan.js';
import type { TlsPlan } from './tls-plan.js';

/**
 * What TLS needs, read before anything is sent. Undefined: there is to be no TLS.
 *
 * @param channel what TLS is to run over, if it is open already.
 * @throws NbdUsageError `NBD_BAD_ARGUMENT`: no name to hold the certificate against. QIOChannelError `QIO_CHANNEL_TLS_CREDENTIALS`.
 */
export async function readTlsOptions(
  { tls, where }: ConnectPlan,
  channel: QIOChannel | undefined,
): Promise<TlsClientOptions | undefined> {
  if (tls.policy === 'disable') return undefined;
  const credentials = await readCredentials(tls);
  const { hostname, verifyPeer } = tls;
  const host = 'address' in where ? where.address.type === 'inet' : hostOf(channel) !== undefined;
  if (credentials.kind === 'x509' && verifyPeer && hostname === undefined && !host) {
    throw new NbdUsageError(
      'NBD_BAD_ARGUMENT',
      'connect',
      'there is no host to hold the certificate against: give tls.hostname, or tls-hostname in the URI',
    );
  }
  return { credentials, hostname, verifyPeer };
}

function hostOf(channel: QIOChannel | undefined): string | undefined {
  return channel instanceof QIOChannelSocket ? channel.hostname : undefined;
}

async function readCredentials({ source, username }: TlsPlan): Promise<TlsCredentials> {
  switch (source.from) {
    case 'ready':
      return source.credentials;
    case 'folder':
      return await TlsCredentials.fromFolder(source.folder, 'client', { kind: source.kind, username });
    case 'psk-file':
      return await TlsCredentials.fromPskFile(source.file, 'client', username);
    case 'nowhere':
      return TlsCredentials.x509();
  }
}
