import { NbdUsageError } from '@coaio/nbd-protocol';
import { QIOChannelNull, QIOChannelTls, TlsCredentials } from '@coaio/qio-channel';
import { checkOptions, type OptionTypes } from './option-checks.js';

export interface NbdServerTls {
  /** A certificate and its key, or the keys that clients have too (`TlsCredentials.pskServer`). */
  credentials: TlsCredentials;
  /**
   * `require`, the default: nothing but TLS is talked, but for asking for it (FORCEDTLS). `allow`: it is up to the client, but for
   * exports with `tlsRequired` (SELECTIVETLS); somebody on the way can have such a client go without.
   */
  policy?: 'allow' | 'require' | undefined;
  /** Ask clients for a certificate, which an authority of `credentials` must have signed; default false. */
  verifyPeer?: boolean | undefined;
}

/** {@link NbdServerTls} with the defaults filled in. */
export interface TlsSettings {
  readonly credentials: TlsCredentials;
  readonly policy: 'allow' | 'require';
  readonly verifyPeer: boolean;
}

const TYPES: OptionTypes<NbdServerTls> = { credentials: 'object', policy: 'string', verifyPeer: 'boolean' };

/** @throws NbdUsageError `NBD_BAD_ARGUMENT`; QIOChannelError `QIO_CHANNEL_TLS_CREDENTIALS`: they are not a server's. */
export function tlsSettings(options: NbdServerTls): TlsSettings {
  checkOptions('NbdServer', 'tls.', TYPES, options);
  const { credentials, policy = 'require', verifyPeer = false } = options;
  if (!(credentials instanceof TlsCredentials)) throw wrong('tls.credentials are no TlsCredentials');
  if (policy !== 'allow' && policy !== 'require') {
    throw wrong(`tls.policy "${policy}" is neither "allow" nor "require"`);
  }
  const settings = { credentials, policy, verifyPeer };
  assertOfServer(settings);
  return settings;
}

/** Asks TLS itself, before the first client would find out. It never gets as far as to use the channel. */
function assertOfServer(settings: TlsSettings): void {
  const fits = new Error('these would do');
  try {
    QIOChannelTls.server(new QIOChannelNull(), { ...settings, signal: AbortSignal.abort(fits) }).next();
  } catch (error) {
    if (error !== fits) throw error;
  }
}

function wrong(detail: string): NbdUsageError {
  return new NbdUsageError('NBD_BAD_ARGUMENT', 'NbdServer', detail);
}
