import { type NbdTlsPolicy, type NbdUri, NbdUsageError } from '@coaio/nbd-protocol';
import { TlsCredentials } from '@coaio/qio-channel';
import type { NbdTlsOptions } from '../nbd-tls-options.js';

/** Where credentials come from. They are read when a connection is made. */
export type CredentialSource =
  | { from: 'ready'; credentials: TlsCredentials }
  | { from: 'folder'; folder: string; kind: 'x509' | 'psk' | undefined }
  | { from: 'psk-file'; file: string }
  /** The authorities that Node trusts. */
  | { from: 'nowhere' };

/** What URI and options come to. */
export interface TlsPlan {
  policy: NbdTlsPolicy;
  source: CredentialSource;
  username: string | undefined;
  hostname: string | undefined;
  verifyPeer: boolean;
}

/** What of a URI is about TLS. */
export type UriTls = Omit<NbdUri, 'where' | 'exportName'>;

/**
 * Puts together what the options and the URI, if there is one, say about TLS.
 *
 * @throws NbdUsageError `NBD_BAD_ARGUMENT`: they contradict each other, or themselves; `NBD_TLS_UNSUPPORTED`: anonymous TLS.
 * QIOChannelError `QIO_CHANNEL_TLS_CREDENTIALS`: no key that TLS can do with.
 */
export function planTls(operation: string, options: NbdTlsOptions | undefined, uri: UriTls): TlsPlan {
  const policy = policyOf(operation, options, uri);
  if (uri.tlsType === 'anon') {
    throw new NbdUsageError(
      'NBD_TLS_UNSUPPORTED',
      operation,
      'tls-type anon: a server that proves nothing could be anybody; use x509 or psk',
    );
  }
  const { identity } = typeof options?.psk === 'object' ? options.psk : { identity: undefined };
  const own = agreed(operation, 'psk.identity', identity, 'tls.username', options?.username);
  return {
    policy,
    source: sourceOf(operation, options, uri, uri.tlsType),
    // Of certificates a user name says nothing.
    username: agreed(operation, 'the user in the URI', uri.username, 'the identity in the options', own),
    hostname: agreed(operation, 'tls-hostname', uri.tlsHostname, 'tls.hostname', options?.hostname),
    verifyPeer:
      agreed(operation, 'tls-verify-peer', uri.tlsVerifyPeer, 'tls.verifyPeer', options?.verifyPeer) ?? true,
  };
}

function policyOf(operation: string, options: NbdTlsOptions | undefined, uri: UriTls): NbdTlsPolicy {
  const policy = options?.policy ?? (options !== undefined || uri.tls ? 'require' : 'disable');
  if (uri.tls && policy !== 'require') {
    throw contradiction(operation, `the URI requires TLS, and tls.policy is ${policy}`);
  }
  const [parameter] = Object.keys(uri).filter((key) => key !== 'tls' && key !== 'username');
  // Whoever names a certificate means to use it.
  if (policy === 'disable' && parameter !== undefined) {
    throw contradiction(operation, `the URI has parameters of TLS, and TLS is not wanted: write nbds:`);
  }
  return policy;
}

function sourceOf(
  operation: string,
  options: NbdTlsOptions = {},
  uri: UriTls,
  tlsType: 'x509' | 'psk' | undefined,
): CredentialSource {
  const folder = agreed(
    operation,
    'tls-certificates',
    uri.tlsCertificates,
    'tls.certificates',
    options.certificates,
  );
  const file = typeof options.psk === 'string' ? options.psk : undefined;
  const pskFile = agreed(operation, 'tls-psk-file', uri.tlsPskFile, 'tls.psk', file);
  const sources: [string, CredentialSource, 'x509' | 'psk' | undefined][] = [];
  if (options.credentials !== undefined) {
    const { credentials } = options;
    sources.push(['tls.credentials', { from: 'ready', credentials }, credentials.kind]);
  }
  if (folder !== undefined)
    sources.push(['certificates', { from: 'folder', folder, kind: tlsType }, tlsType]);
  if (typeof options.psk === 'object') {
    sources.push(['tls.psk', { from: 'ready', credentials: TlsCredentials.psk(options.psk) }, 'psk']);
  }
  if (pskFile !== undefined) sources.push(['a file of keys', { from: 'psk-file', file: pskFile }, 'psk']);
  if (sources.length > 1) {
    throw contradiction(operation, `give one of ${sources.map(([name]) => name).join(' and ')}`);
  }
  const [only] = sources;
  if (only === undefined) {
    if (tlsType !== 'psk') return { from: 'nowhere' };
    throw contradiction(operation, 'tls-type is psk, and there is no key: give tls-psk-file or tls.psk');
  }
  const [name, source, kind] = only;
  if (tlsType !== undefined && kind !== tlsType) {
    throw contradiction(operation, `tls-type is ${tlsType}, and ${name} is for ${kind}`);
  }
  return source;
}

/** What is said in either place, or in both the same. */
function agreed<T>(
  operation: string,
  oneName: string,
  one: T | undefined,
  otherName: string,
  other: T | undefined,
): T | undefined {
  if (one !== undefined && other !== undefined && one !== other) {
    throw contradiction(operation, `${oneName} is "${one}", and ${otherName} is "${other}"`);
  }
  return one ?? other;
}

function contradiction(operation: string, detail: string): NbdUsageError {
  return new NbdUsageError('NBD_BAD_ARGUMENT', operation, detail);
}
