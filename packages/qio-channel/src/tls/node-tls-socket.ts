import type { TLSSocket } from 'node:tls';
import { QIOChannelError } from '../qio-channel-error.js';
import { sslCodeOf } from './tls-failure.js';

/** What Node keeps behind a TLS socket, and asks itself in a `tls.Server`; undocumented, the same in Node 20 to 26. */
interface SslOwner {
  ssl?: { verifyError?(): Error | null | undefined } | null;
}

/**
 * Why the client's certificate is not to be believed, a code of OpenSSL's; null: it is. Node tells it in public only for sockets
 * that its own server has accepted. Where it cannot be asked nobody is believed.
 */
export function verifyErrorOf(socket: TLSSocket): string | null {
  const ssl = (socket as unknown as SslOwner).ssl;
  if (typeof ssl?.verifyError !== 'function') {
    throw new QIOChannelError(
      'QIO_CHANNEL_UNSUPPORTED',
      `TLS: Node ${process.versions.node} does not tell whether a client's certificate is valid`,
    );
  }
  const error = ssl.verifyError();
  return error ? sslCodeOf(error) || error.message : null;
}
