import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { checkServerIdentity, connect, type TLSSocket } from 'node:tls';
import type { QIOChannel } from '../qio-channel.js';
import { QIOChannelError } from '../qio-channel-error.js';
import { QIOChannelSocket } from '../socket/qio-channel-socket.js';
import { peerCertificateOf } from './peer-certificate.js';
import { TlsCredentials } from './tls-credentials.js';
import type { HandshakeFacts } from './tls-failure.js';
import { assertCredentials, distrusted, type TlsParty, unfit, wrongName } from './tls-party.js';

export interface TlsClientOptions {
  /** Default: no certificate of our own, and the authorities that Node trusts. */
  credentials?: TlsCredentials | undefined;
  /**
   * A name or an IP address that the server's certificate must be for. Default: the host that the channel has connected to; where there
   * is none, as with a Unix socket, it must be given.
   */
  hostname?: string | undefined;
  /** Default true. Only `false` takes whoever answers: then TLS keeps out listeners only, nobody who answers in the server's stead. */
  verifyPeer?: boolean | undefined;
  /** Gives the handshake up, with the signal's reason. */
  signal?: AbortSignal | undefined;
}

/** The client's side of a handshake. */
export class TlsClient implements TlsParty {
  readonly established = 'secureConnect';
  readonly facts: HandshakeFacts;
  readonly #credentials: TlsCredentials;
  readonly #hostname: string | undefined;
  readonly #verifyPeer: boolean;

  /** @throws QIOChannelError `QIO_CHANNEL_TLS_CREDENTIALS`: no host name to hold the certificate against, or a server's keys. */
  constructor(channel: QIOChannel, options: TlsClientOptions) {
    this.#credentials = options.credentials ?? TlsCredentials.x509();
    this.#verifyPeer = options.verifyPeer !== false;
    this.#hostname = options.hostname ?? (channel instanceof QIOChannelSocket ? channel.hostname : undefined);
    const withWhom = this.#hostname === undefined ? '' : ` with ${this.#hostname}`;
    const title = `${channel.name}: TLS handshake${withWhom}`;
    assertCredentials(this.#credentials, title);
    if (this.#hostname !== undefined && typeof this.#hostname !== 'string') {
      throw unfit(title, `options.hostname is a ${typeof this.#hostname}, it must be a string`);
    }
    this.facts = { title, role: 'client', credentials: this.#credentials, psk: null, peerHasShown: false };
    const { kind, preSharedKey } = this.#credentials;
    if (kind === 'psk' && preSharedKey === null) throw unfit(title, 'these are the keys of a server');
    if (kind === 'x509' && this.#verifyPeer && !this.#hostname) {
      throw unfit(title, 'options.hostname must say what name the certificate is to be for');
    }
  }

  open(duplex: Duplex): TLSSocket {
    const hostname = this.#hostname;
    const key = this.#credentials.preSharedKey;
    return connect({
      socket: duplex,
      secureContext: this.#credentials.secureContext(),
      // RFC 6066: no address in the SNI.
      ...(hostname === undefined || isIP(hostname) !== 0 ? {} : { servername: hostname }),
      // Who it is, is asked in `verify`: there the certificate can still be looked at, for the error.
      rejectUnauthorized: false,
      checkServerIdentity: () => undefined,
      ...(key === null
        ? {}
        : {
            pskCallback: () => {
              this.facts.psk = { identity: key.identity, known: true };
              return { identity: key.identity, psk: key.key };
            },
          }),
    });
  }

  verify(socket: TLSSocket): void {
    const { title } = this.facts;
    if (this.#credentials.kind === 'psk') {
      // Of TLS 1.3 a server may choose to show a certificate: it has not proved that it knows the key.
      if (!socket.authorized || peerCertificateOf(socket) !== null) {
        throw new QIOChannelError(
          'QIO_CHANNEL_TLS_PSK',
          `${title}: the server has not shown that it knows the key`,
        );
      }
      return;
    }
    if (!this.#verifyPeer) return;
    if (!socket.authorized) throw distrusted(socket, String(socket.authorizationError), title);
    const hostname = this.#hostname ?? '';
    const wrong = checkServerIdentity(hostname, socket.getPeerCertificate());
    if (wrong !== undefined) throw wrongName(socket, hostname, wrong, title);
  }
}
