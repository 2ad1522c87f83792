import type { PeerCertificate, TLSSocket } from 'node:tls';

/** What a certificate says of its owner. */
export interface TlsPeerCertificate {
  /** Such as `CN=backup,O=Example`. */
  subject: string;
  issuer: string;
  /** Names it is for, such as `DNS:a.example, IP Address:10.0.0.1`. */
  subjectAltName: string | undefined;
  validFrom: Date;
  validTo: Date;
  /** SHA-256, hexadecimal with colons. */
  fingerprint256: string;
}

/** What the peer has shown; null: nothing. */
export function peerCertificateOf(socket: TLSSocket): TlsPeerCertificate | null {
  const certificate = socket.getPeerCertificate() as PeerCertificate | null;
  if (certificate?.subject === undefined) return null;
  return {
    subject: nameOf(certificate.subject),
    issuer: nameOf(certificate.issuer),
    subjectAltName: certificate.subjectaltname,
    validFrom: new Date(certificate.valid_from),
    validTo: new Date(certificate.valid_to),
    fingerprint256: certificate.fingerprint256,
  };
}

/** For messages. */
export function describeCertificate(certificate: TlsPeerCertificate): string {
  const { subject, issuer, subjectAltName, validFrom, validTo } = certificate;
  const names = subjectAltName === undefined ? '' : ` for ${subjectAltName}`;
  return `its certificate "${subject}"${names} by "${issuer}" is valid from ${validFrom.toISOString()} to ${validTo.toISOString()}`;
}

function nameOf(name: object): string {
  return Object.entries(name)
    .flatMap(([type, values]) => [values].flat().map((value) => `${type}=${value}`))
    .join(',');
}
