import { QIOChannelError, type QIOChannelErrorCode } from '../qio-channel-error.js';
import type { TlsCredentials } from './tls-credentials.js';

/** What is known of a handshake when it fails. */
export interface HandshakeFacts {
  /** Opens the message: whose handshake with whom. */
  title: string;
  role: 'client' | 'server';
  credentials: TlsCredentials;
  /** Once TLS has asked for the key of an identity. */
  psk: { identity: string; known: boolean; failure?: QIOChannelError } | null;
  /** Whether the peer has shown its certificate: then it is ours that it refuses, not the version or the cipher. */
  peerHasShown: boolean;
}

/** Alerts that tell what the peer thinks of our certificate; the names are those of OpenSSL's error codes. */
const CERTIFICATE_ALERT =
  /^(BAD_CERTIFICATE|UNSUPPORTED_CERTIFICATE|CERTIFICATE_(REVOKED|EXPIRED|UNKNOWN)|UNKNOWN_CA|ACCESS_DENIED)$/;
/** What a server says to a client that has none: of TLS 1.3 the first, of 1.2 the others (the last is GnuTLS). */
const NO_CERTIFICATE_ALERT = /^(CERTIFICATE_REQUIRED|BAD_CERTIFICATE|HANDSHAKE_FAILURE|DECODE_ERROR)$/;
/** What a wrong key, or an identity that the peer does not know, looks like from either side, by version and library. */
const PSK_ALERT =
  /^(UNKNOWN_PSK_IDENTITY|DECRYPT_ERROR|BAD_RECORD_MAC|DECRYPTION_FAILED|ILLEGAL_PARAMETER|HANDSHAKE_FAILURE|ACCESS_DENIED|INSUFFICIENT_SECURITY)$/;
const PSK_FAULT =
  /(PSK_IDENTITY_NOT_FOUND|BINDER_DOES_NOT_VERIFY|BAD_RECORD_MAC|CIPHER_OPERATION_FAILED|DIGEST_CHECK_FAILED|NO_SUITABLE_SIGNATURE_ALGORITHM)$/;
const NO_TLS = /(WRONG_VERSION_NUMBER|HTTP_REQUEST|PACKET_LENGTH_TOO_LONG|RECORD_LAYER_FAILURE)$/;

/** What ended the handshake, in the words of {@link QIOChannelError}. */
export function handshakeFailure(error: unknown, facts: HandshakeFacts): QIOChannelError {
  if (error instanceof QIOChannelError) return error;
  const { role, credentials, title, psk } = facts;
  const code = sslCodeOf(error);
  const alert = /ALERT_(?:NUMBER_)?(\w+)$/.exec(code)?.[1];
  const refuse = (refusal: QIOChannelErrorCode, what: string): QIOChannelError =>
    new QIOChannelError(refusal, `${title}: ${what}`, inPlainWords(error));
  if (psk !== null) {
    if (psk.failure !== undefined) return psk.failure;
    if (!psk.known)
      return refuse('QIO_CHANNEL_TLS_PSK', `the client's identity "${psk.identity}" is not known`);
    if (alert !== undefined && PSK_ALERT.test(alert)) {
      return refuse('QIO_CHANNEL_TLS_PSK', `the peer refused identity "${psk.identity}" or its key`);
    }
    if (PSK_FAULT.test(code)) {
      return refuse('QIO_CHANNEL_TLS_PSK', `the peer's key of "${psk.identity}" is another one`);
    }
  }
  if (code.endsWith('PEER_DID_NOT_RETURN_A_CERTIFICATE')) {
    return refuse('QIO_CHANNEL_TLS_NO_CERTIFICATE', 'the client was asked for a certificate and has none');
  }
  if (role === 'client' && !credentials.hasCertificate && NO_CERTIFICATE_ALERT.test(alert ?? '')) {
    if (facts.peerHasShown || alert === 'CERTIFICATE_REQUIRED') {
      return refuse('QIO_CHANNEL_TLS_NO_CERTIFICATE', 'the server asks for a certificate, and there is none');
    }
  }
  if (CERTIFICATE_ALERT.test(alert ?? '') || alert === 'CERTIFICATE_REQUIRED') {
    return refuse('QIO_CHANNEL_TLS_REFUSED', 'the peer does not accept our certificate');
  }
  if (NO_TLS.test(code)) return refuse('QIO_CHANNEL_TLS_HANDSHAKE', 'what the peer sends is not TLS');
  if (alert !== undefined) return refuse('QIO_CHANNEL_TLS_HANDSHAKE', 'the peer refused it');
  return refuse('QIO_CHANNEL_TLS_HANDSHAKE', 'it failed');
}

/** A certificate that is not believed. `reason` is OpenSSL's or Node's code. */
export function untrustedCode(reason: string): QIOChannelErrorCode {
  if (reason === 'CERT_HAS_EXPIRED' || reason === 'CERT_NOT_YET_VALID') return 'QIO_CHANNEL_TLS_EXPIRED';
  return 'QIO_CHANNEL_TLS_UNTRUSTED';
}

export function sslCodeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** OpenSSL's messages name lines of its source; its reason says it all. */
export function inPlainWords(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const reason = 'reason' in error && typeof error.reason === 'string' ? error.reason : error.message;
  return new Error(reason, { cause: error });
}
