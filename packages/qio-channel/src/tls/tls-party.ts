import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { QIOChannelError } from '../qio-channel-error.js';
import { describeCertificate, peerCertificateOf } from './peer-certificate.js';
import { TlsCredentials } from './tls-credentials.js';
import { type HandshakeFacts, inPlainWords, untrustedCode } from './tls-failure.js';

/** One of the two sides of a handshake. */
export interface TlsParty {
  readonly facts: HandshakeFacts;
  /** Begins the handshake. */
  open(duplex: Duplex): TLSSocket;
  /** The event of `node:tls` that tells the end of the handshake; whether the peer is believed is asked then. */
  readonly established: 'secure' | 'secureConnect';
  /** @throws QIOChannelError why the peer is not believed. */
  verify(socket: TLSSocket): void;
}

/** Options that do not do. */
export function unfit(title: string, what: string): QIOChannelError {
  return new QIOChannelError('QIO_CHANNEL_TLS_CREDENTIALS', `${title}: ${what}`);
}

/** @throws QIOChannelError `QIO_CHANNEL_TLS_CREDENTIALS`: it is something else. */
export function assertCredentials(credentials: unknown, title: string): void {
  if (!(credentials instanceof TlsCredentials))
    throw unfit(title, 'options.credentials are no TlsCredentials');
}

/** The refusal of a certificate, for `reason`: a code of OpenSSL's. */
export function distrusted(socket: TLSSocket, reason: string, title: string): QIOChannelError {
  const certificate = peerCertificateOf(socket);
  const shown = certificate === null ? 'the peer has shown none' : describeCertificate(certificate);
  return new QIOChannelError(
    untrustedCode(reason),
    `${title}: the peer's certificate is not trusted (${reason}); ${shown}`,
  );
}

/** A name in a certificate that is not the one wanted. */
export function wrongName(socket: TLSSocket, hostname: string, cause: Error, title: string): QIOChannelError {
  const certificate = peerCertificateOf(socket);
  const shown = certificate === null ? '' : `; ${describeCertificate(certificate)}`;
  return new QIOChannelError(
    'QIO_CHANNEL_TLS_HOSTNAME',
    `${title}: the peer's certificate is not for "${hostname}"${shown}`,
    inPlainWords(cause),
  );
}
