// Everything that a test of certificates needs, right or wrong, made when it runs: nothing to expire, nothing to install.
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

const crypto = webcrypto;
x509.cryptoProvider.set(crypto);

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY_MS = 24 * 60 * 60 * 1000;

/** @typedef {{ certificate: string, key: string, serialNumber: string }} Issued PEM */

/**
 * @typedef {object} IssueOptions
 * @property {string} [name] the common name
 * @property {string[]} [dns] host names it is for
 * @property {string[]} [ip] addresses it is for
 * @property {Date} [notBefore] default: yesterday
 * @property {Date} [notAfter] default: tomorrow
 */

/** Signs certificates. */
export class CertificateAuthority {
  #keys;
  #certificate;
  #serial = 1;

  /** A self-signed one. @param {string} [name] */
  static async create(name = 'test authority') {
    const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
    const certificate = await x509.X509CertificateGenerator.createSelfSigned(
      {
        serialNumber: '01',
        name: `CN=${name}`,
        keys,
        signingAlgorithm: ALGORITHM,
        notBefore: new Date(Date.now() - DAY_MS),
        notAfter: new Date(Date.now() + DAY_MS),
        extensions: [
          new x509.BasicConstraintsExtension(true, undefined, true),
          new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
          await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false, crypto),
        ],
      },
      crypto,
    );
    return new CertificateAuthority(keys, certificate);
  }

  /**
   * @param {webcrypto.CryptoKeyPair} keys
   * @param {x509.X509Certificate} certificate
   */
  constructor(keys, certificate) {
    this.#keys = keys;
    this.#certificate = certificate;
  }

  /** Its own certificate, PEM. */
  get certificate() {
    return this.#certificate.toString('pem');
  }

  /** @param {IssueOptions} [options] @returns {Promise<Issued>} */
  async issue(options = {}) {
    const { name = 'somebody', dns = [], ip = [] } = options;
    const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
    const serialNumber = (++this.#serial).toString(16).padStart(2, '0');
    const names = [
      ...dns.map((value) => ({ type: /** @type {const} */ ('dns'), value })),
      ...ip.map((value) => ({ type: /** @type {const} */ ('ip'), value })),
    ];
    const certificate = await x509.X509CertificateGenerator.create(
      {
        serialNumber,
        subject: `CN=${name}`,
        issuer: this.#certificate.subject,
        publicKey: keys.publicKey,
        signingKey: this.#keys.privateKey,
        signingAlgorithm: ALGORITHM,
        notBefore: options.notBefore ?? new Date(Date.now() - DAY_MS),
        notAfter: options.notAfter ?? new Date(Date.now() + DAY_MS),
        extensions: [
          new x509.BasicConstraintsExtension(false, undefined, true),
          new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
          ...(names.length > 0 ? [new x509.SubjectAlternativeNameExtension(names)] : []),
          await x509.AuthorityKeyIdentifierExtension.create(this.#keys.publicKey, false, crypto),
        ],
      },
      crypto,
    );
    return { certificate: certificate.toString('pem'), key: await privateKeyPem(keys), serialNumber };
  }

  /** A list, PEM, of certificates that it takes back. @param {readonly Issued[]} issued */
  async revoke(issued) {
    const list = await x509.X509CrlGenerator.create(
      {
        issuer: this.#certificate.subject,
        thisUpdate: new Date(Date.now() - DAY_MS),
        nextUpdate: new Date(Date.now() + DAY_MS),
        signingAlgorithm: ALGORITHM,
        signingKey: this.#keys.privateKey,
        entries: issued.map(({ serialNumber }) => ({ serialNumber, revocationDate: new Date() })),
      },
      crypto,
    );
    // OpenSSL knows it by this name only.
    return x509.PemConverter.encode(list.rawData, 'X509 CRL');
  }
}

/** @param {webcrypto.CryptoKeyPair} keys */
async function privateKeyPem(keys) {
  const pkcs8 = await crypto.subtle.exportKey('pkcs8', keys.privateKey);
  return x509.PemConverter.encode(pkcs8, 'PRIVATE KEY');
}
