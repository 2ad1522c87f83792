import type { TLSSocket } from 'node:tls';
import { peerCertificateOf, type TlsPeerCertificate } from './peer-certificate.js';
import type { TlsParty } from './tls-party.js';

/** What a handshake has agreed on (`qio_channel_tls_get_session`). */
export interface TlsSession {
  /** `TLSv1.3` or `TLSv1.2`. */
  readonly protocol: string;
  /** By its name in the RFCs, such as `TLS_AES_256_GCM_SHA384`. */
  readonly cipher: string;
  /** Null: the peer has shown none. Whether it was verified is the affair of `verifyPeer`. */
  readonly peerCertificate: TlsPeerCertificate | null;
  /** Whose pre-shared key it is; null with certificates. */
  readonly pskIdentity: string | null;
}

/** Only one whose key was used: a client may name others. */
function pskIdentityOf({ facts: { psk } }: TlsParty): string | null {
  return psk?.known === true ? psk.identity : null;
}

export function tlsSessionOf(socket: TLSSocket, party: TlsParty): TlsSession {
  return Object.freeze({
    protocol: socket.getProtocol() ?? 'unknown',
    cipher: socket.getCipher().standardName,
    peerCertificate: peerCertificateOf(socket),
    pskIdentity: pskIdentityOf(party),
  });
}
