import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import type { QIOChannel } from '../qio-channel.js';
import { QIOChannelError, type QIOChannelErrorCode } from '../qio-channel-error.js';
import { verifyErrorOf } from './node-tls-socket.js';
import { assertPreSharedKey } from './psk-file.js';
import type { TlsCredentials } from './tls-credentials.js';
import type { HandshakeFacts } from './tls-failure.js';
import { assertCredentials, distrusted, type TlsParty, unfit } from './tls-party.js';

export interface TlsServerOptions {
  /** A certificate and its key, or {@link TlsCredentials.pskServer}. */
  credentials: TlsCredentials;
  /**
   * Asks the client for a certificate, and refuses one without, or with one that no authority of `credentials` has signed. Default
   * false: any client is served. Who it is, says {@link QIOChannelTls.session}.
   */
  verifyPeer?: boolean | undefined;
  /** Gives the handshake up, with the signal's reason. A server sets one, or a silent client holds it for good. */
  signal?: AbortSignal | undefined;
}

/** The server's side of a handshake. */
export class TlsServer implements TlsParty {
  readonly established = 'secure';
  readonly facts: HandshakeFacts;
  readonly #credentials: TlsCredentials;
  readonly #verifyPeer: boolean;

  /** @throws QIOChannelError `QIO_CHANNEL_TLS_CREDENTIALS`: nothing to show, or nobody to trust. */
  constructor(channel: QIOChannel, options: TlsServerOptions) {
    this.#credentials = options.credentials;
    this.#verifyPeer = options.verifyPeer !== undefined && options.verifyPeer !== false;
    const title = `${channel.name}: TLS handshake`;
    assertCredentials(this.#credentials, title);
    this.facts = { title, role: 'server', credentials: this.#credentials, psk: null, peerHasShown: false };
    const { kind, hasCertificate, hasAuthorities, pskLookup } = this.#credentials;
    if (kind === 'psk') {
      if (pskLookup === null) throw unfit(title, 'this is the key of a client');
    } else if (!hasCertificate) throw unfit(title, 'a server needs a certificate and its key');
    // Not those that Node trusts: they sign for anybody.
    else if (this.#verifyPeer && !hasAuthorities) throw unfit(title, 'verifyPeer needs ca, whom to trust');
  }

  open(duplex: Duplex): TLSSocket {
    const asks = this.#verifyPeer && this.#credentials.kind === 'x509';
    return new TLSSocket(duplex, {
      isServer: true,
      secureContext: this.#credentials.secureContext(),
      requestCert: asks,
      // Only that there is one: whether it is to be believed, Node leaves to `verify`.
      rejectUnauthorized: asks,
      ...(this.#credentials.kind === 'psk' ? { pskCallback: this.#lookUp } : {}),
    });
  }

  verify(socket: TLSSocket): void {
    if (this.#credentials.kind === 'psk' || !this.#verifyPeer) return;
    const reason = verifyErrorOf(socket);
    if (reason !== null) throw distrusted(socket, reason, this.facts.title);
  }

  readonly #lookUp = (_socket: unknown, identity: string): Uint8Array | null => {
    const { title } = this.facts;
    const looking = `${title}: looking up "${identity}"`;
    // Out of here an error would end the process.
    const fail = (code: QIOChannelErrorCode, error: unknown): null => {
      this.facts.psk = { identity, known: false, failure: new QIOChannelError(code, looking, error) };
      return null;
    };
    let key: Uint8Array | null;
    try {
      key = this.#credentials.pskLookup?.(identity) ?? null;
    } catch (error) {
      return fail('QIO_CHANNEL_TLS_PSK', error);
    }
    try {
      if (key !== null) assertPreSharedKey(identity, key, 'what it gave');
    } catch (error) {
      return fail('QIO_CHANNEL_TLS_CREDENTIALS', error);
    }
    this.facts.psk = { identity, known: key !== null };
    return key;
  };
}
