import type { TLSSocket } from 'node:tls';
import { QIOChannelError } from '../qio-channel-error.js';
import { peerCertificateOf } from './peer-certificate.js';
import { handshakeFailure, inPlainWords } from './tls-failure.js';
import type { TlsParty } from './tls-party.js';

/** A handshake that is going on, and what ends it. */
export class TlsHandshake {
  /** Ends when the peer is believed, or nothing comes of it. */
  readonly done: Promise<void>;
  readonly #party: TlsParty;
  readonly #socket: TLSSocket;
  #reject: (reason: unknown) => void = () => {};
  #writeFailure: unknown;

  /** @param established told in the same turn: what comes after the handshake may come with its last bytes. */
  constructor(party: TlsParty, socket: TLSSocket, established: () => void) {
    this.#party = party;
    this.#socket = socket;
    this.done = new Promise((resolve, reject) => {
      this.#reject = reject;
      socket.once(party.established, () => {
        try {
          party.verify(socket);
          established();
          resolve();
        } catch (error) {
          reject(error);
        }
      });
    });
    // Whoever waited for it may have gone.
    this.done.catch(() => {});
  }

  /** Something has been read: it may be gone when the handshake fails. */
  received(): void {
    const { facts } = this.#party;
    facts.peerHasShown ||= peerCertificateOf(this.#socket) !== null;
  }

  failed(error: unknown): void {
    this.#reject(handshakeFailure(error, this.#party.facts));
  }

  /**
   * The channel below takes no more. The peer may have said why before it closed: that is read first, unless it waits for our `first`
   * words and would say nothing.
   */
  writeFailed(error: unknown, first: boolean): void {
    this.#writeFailure = error;
    if (first) this.failed(error);
  }

  /** The channel below has ended, or failed with `error`. */
  ended(error: unknown): void {
    const { title, role, psk } = this.#party.facts;
    const closed = `${title}: the peer closed before it was over`;
    // GnuTLS does not say what it thinks of a client's key.
    const ofKey = role === 'client' && psk?.known === true;
    const code = ofKey ? 'QIO_CHANNEL_TLS_PSK' : 'QIO_CHANNEL_TLS_HANDSHAKE';
    const what = ofKey ? `${closed}: it may not know identity "${psk.identity}" or have another key` : closed;
    this.failed(error ?? new QIOChannelError(code, what, this.#writeFailure));
  }

  /** An error after the handshake: of TLS 1.3 the server may only then say what it thinks of the client. */
  explainLater(error: unknown, name: string): QIOChannelError {
    const failure = handshakeFailure(error, this.#party.facts);
    if (failure.code !== 'QIO_CHANNEL_TLS_HANDSHAKE') return failure;
    return new QIOChannelError('QIO_CHANNEL_IO', name, inPlainWords(error));
  }
}
