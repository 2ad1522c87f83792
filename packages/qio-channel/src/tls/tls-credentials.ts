import { constants, X509Certificate } from 'node:crypto';
import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls';
import { QIOChannelError } from '../qio-channel-error.js';
import { credentialsFromFolder, type FolderOptions } from './credential-folder.js';
import { assertPreSharedKey, pskKeysFromFile } from './psk-file.js';

/** PEM, as text or bytes. */
export type Pem = string | Buffer;

/** Older ones than 1.2 are broken; the NBD specification asks for 1.2 too. */
export type TlsVersion = 'TLSv1.2' | 'TLSv1.3';

export interface TlsVersions {
  /** Default: 1.2. */
  minVersion?: TlsVersion | undefined;
  /** Default: 1.3. */
  maxVersion?: TlsVersion | undefined;
}

export interface X509Options extends TlsVersions {
  /** Whom to trust; default: the authorities that Node trusts. */
  ca?: Pem | readonly Pem[] | undefined;
  /** Who we are: a server must have one, a client if the server asks. With what lies between it and its authority. */
  certificate?: Pem | undefined;
  /** The private key of `certificate`. */
  key?: Pem | undefined;
  passphrase?: string | undefined;
  /** Certificates that are trusted no longer. Then there must be a list of each authority. */
  crl?: Pem | readonly Pem[] | undefined;
}

/** An identity and the key that both sides know. */
export interface PreSharedKey {
  identity: string;
  key: Uint8Array;
}

/** The key of `identity`, null if there is no such. It cannot wait: TLS asks in the middle of the handshake. */
export type PskLookup = (identity: string) => Uint8Array | null | undefined;

/**
 * TLS 1.3 takes a key of no stated hash for SHA-256, so only its suites; those of 1.2 have forward secrecy, but for the last two, which
 * old peers may need.
 */
const PSK_CIPHERS = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_CHACHA20_POLY1305_SHA256',
  'DHE-PSK-AES256-GCM-SHA384',
  'DHE-PSK-AES128-GCM-SHA256',
  'ECDHE-PSK-CHACHA20-POLY1305',
  'PSK-AES256-GCM-SHA384',
  'PSK-AES128-GCM-SHA256',
].join(':');

const CERTIFICATE = /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----.*?(?:-----END [A-Z0-9 ]+-----|$)/gs;

/** Who we are and whom we trust (QEMU's `QCryptoTLSCreds`). One may serve many connections: keys are read once. */
export class TlsCredentials {
  readonly kind: 'x509' | 'psk';
  /** @internal A client's. */
  readonly preSharedKey: PreSharedKey | null;
  /** @internal A server's. */
  readonly pskLookup: PskLookup | null;
  /** @internal Whether there is a certificate to show. */
  readonly hasCertificate: boolean;
  /** @internal Whether it says whom to trust. */
  readonly hasAuthorities: boolean;
  readonly #options: SecureContextOptions;
  #context: SecureContext | null = null;

  private constructor(
    kind: 'x509' | 'psk',
    options: SecureContextOptions,
    psk: { key?: PreSharedKey; lookup?: PskLookup } = {},
  ) {
    this.kind = kind;
    this.#options = options;
    this.preSharedKey = psk.key ?? null;
    this.pskLookup = psk.lookup ?? null;
    this.hasCertificate = options.cert !== undefined;
    this.hasAuthorities = Array.isArray(options.ca) && options.ca.length > 0;
  }

  /** @throws QIOChannelError `QIO_CHANNEL_TLS_CREDENTIALS`: not PEM, or the key is not the certificate's. */
  static x509(options: X509Options = {}): TlsCredentials {
    const { ca, certificate, key, passphrase, crl } = options;
    if ((certificate === undefined) !== (key === undefined)) {
      throw unusable(
        `a certificate and its key belong together: the ${key ? 'certificate' : 'key'} is missing`,
      );
    }
    if (ca !== undefined) for (const pem of listOf(ca)) assertAuthority(pem);
    const credentials = new TlsCredentials('x509', {
      ...versionsOf(options),
      ...(ca === undefined ? {} : { ca: listOf(ca) }),
      ...(certificate === undefined ? {} : { cert: certificate, key }),
      ...(passphrase === undefined ? {} : { passphrase }),
      ...(crl === undefined ? {} : { crl: listOf(crl) }),
    });
    // Now: a server must not find out when its first client comes.
    credentials.secureContext();
    return credentials;
  }

  /** A client's. @throws QIOChannelError `QIO_CHANNEL_TLS_CREDENTIALS`: longer or shorter than TLS can do. */
  static psk(preSharedKey: PreSharedKey, versions: TlsVersions = {}): TlsCredentials {
    assertPreSharedKey(preSharedKey.identity, preSharedKey.key, 'TlsCredentials.psk');
    return new TlsCredentials('psk', pskOptions(versions), { key: preSharedKey });
  }

  /** A server's: the keys by identity, or who knows them. */
  static pskServer(
    keys: ReadonlyMap<string, Uint8Array> | PskLookup,
    versions: TlsVersions = {},
  ): TlsCredentials {
    const context = pskOptions(versions);
    if (typeof keys === 'function') return new TlsCredentials('psk', context, { lookup: keys });
    if (typeof keys?.get !== 'function')
      throw unusable('TlsCredentials.pskServer: want a Map of keys, or a function');
    for (const [identity, key] of keys) assertPreSharedKey(identity, key, 'TlsCredentials.pskServer');
    return new TlsCredentials('psk', context, { lookup: (identity) => keys.get(identity) });
  }

  /**
   * From a file as `psktool` writes it: lines of `name:hexkey`. A client uses the key of `username`, a server all of them.
   *
   * @throws QIOChannelError `QIO_CHANNEL_TLS_CREDENTIALS`, naming file and line.
   */
  static async fromPskFile(
    path: string,
    role: 'client' | 'server',
    username = 'qemu',
  ): Promise<TlsCredentials> {
    const keys = await pskKeysFromFile(path);
    if (role === 'server') return TlsCredentials.pskServer(keys);
    const key = keys.get(username);
    if (key === undefined) throw unusable(`${path}: it has no key of "${username}"`);
    return TlsCredentials.psk({ identity: username, key });
  }

  /**
   * From a folder in the layout of QEMU, libnbd and nbdkit: `ca-cert.pem`, `ca-crl.pem` if there is one, `client-cert.pem` and `client-key.pem`, or
   * `server-cert.pem` and `server-key.pem`; else `keys.psk`. Only a client may have no certificate.
   *
   * @throws QIOChannelError `QIO_CHANNEL_TLS_CREDENTIALS`, naming the file that is missing or cannot be used.
   */
  static async fromFolder(
    folder: string,
    role: 'client' | 'server',
    options: FolderOptions = {},
  ): Promise<TlsCredentials> {
    const found = await credentialsFromFolder(folder, role, options);
    if ('pskFile' in found) return TlsCredentials.fromPskFile(found.pskFile, role, options.username);
    try {
      return TlsCredentials.x509(found.x509);
    } catch (error) {
      throw unusable(folder, error);
    }
  }

  /** @internal */
  secureContext(): SecureContext {
    try {
      // No resuming: a ticket would let a client in again whose key or certificate is good no longer.
      this.#context ??= createSecureContext({ ...this.#options, secureOptions: constants.SSL_OP_NO_TICKET });
    } catch (error) {
      throw unusable('the certificates or the key cannot be used', error);
    }
    return this.#context;
  }
}

function unusable(message: string, cause?: unknown): QIOChannelError {
  return new QIOChannelError('QIO_CHANNEL_TLS_CREDENTIALS', `TLS credentials: ${message}`, cause);
}

/** `ca`: none at all, or a server could show a certificate of any authority instead of knowing the key. */
function pskOptions(versions: TlsVersions): SecureContextOptions {
  return { ...versionsOf(versions), ciphers: PSK_CIPHERS, dhparam: 'auto', ca: [] };
}

function listOf(pem: Pem | readonly Pem[]): Pem[] {
  return Array.isArray(pem) ? [...pem] : [pem as Pem];
}

function versionsOf({ minVersion = 'TLSv1.2', maxVersion = 'TLSv1.3' }: TlsVersions): SecureContextOptions {
  for (const version of [minVersion, maxVersion]) {
    if (version !== 'TLSv1.2' && version !== 'TLSv1.3') {
      throw unusable(`version "${version}" is neither "TLSv1.2" nor "TLSv1.3"`);
    }
  }
  if (minVersion > maxVersion) {
    throw unusable(`minVersion "${minVersion}" is above maxVersion "${maxVersion}"`);
  }
  return { minVersion, maxVersion };
}

/** OpenSSL passes over what it cannot read, and would then trust nobody. */
function assertAuthority(pem: Pem): void {
  const found = typeof pem === 'string' || Buffer.isBuffer(pem) ? pem.toString().match(CERTIFICATE) : null;
  if (found === null) throw unusable('ca: there is no PEM certificate in it');
  try {
    for (const certificate of found) new X509Certificate(certificate);
  } catch (error) {
    throw unusable('ca: a certificate in it cannot be read', error);
  }
}
