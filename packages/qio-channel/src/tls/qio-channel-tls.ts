import type { TLSSocket } from 'node:tls';
import { type Co, coAwait, coRun } from '@coaio/coroutine';
import type { IOVec } from '../iovec.js';
import { LocalQIOChannel } from '../local-qio-channel.js';
import {
  type IOCondition,
  QIO_CHANNEL_ERR_BLOCK,
  type QIOChannel,
  type QIOChannelFeature,
  type ShutdownHow,
} from '../qio-channel.js';
import { QIOChannelError } from '../qio-channel-error.js';
import { ChannelDuplex, type DuplexOwner } from './channel-duplex.js';
import { TlsClient, type TlsClientOptions } from './tls-client.js';
import { TlsHandshake } from './tls-handshake.js';
import type { TlsParty } from './tls-party.js';
import { TlsReader } from './tls-reader.js';
import { TlsServer, type TlsServerOptions } from './tls-server.js';
import { type TlsSession, tlsSessionOf } from './tls-session.js';
import { TlsWriter } from './tls-writer.js';

export type { TlsSession };

/**
 * `handshake`: nobody has the channel yet. `open`: bytes flow. `closing`: nobody reads or writes any more, the last word of TLS is
 * on its way to the channel below. `closed`: so is the channel below.
 */
type TlsState = 'handshake' | 'open' | 'closing' | 'closed';

/**
 * TLS 1.2 or 1.3 over any channel, which it takes over and closes (QEMU's `QIOChannelTLS`). The end that a reader sees has been said by
 * the peer (`close_notify`): a connection that is cut, by whomever, is `QIO_CHANNEL_TLS_TRUNCATED`.
 */
export class QIOChannelTls extends LocalQIOChannel {
  /** {@link client} and {@link server} for who is in no coroutine. */
  static readonly promises = {
    client: (channel: QIOChannel, options: TlsClientOptions = {}): Promise<QIOChannelTls> =>
      coRun(() => QIOChannelTls.client(channel, options), { name: `TLS client of ${channel.name}` }),
    server: (channel: QIOChannel, options: TlsServerOptions): Promise<QIOChannelTls> =>
      coRun(() => QIOChannelTls.server(channel, options), { name: `TLS server of ${channel.name}` }),
  };

  readonly #below: QIOChannel;
  readonly #duplex: ChannelDuplex;
  readonly #socket: TLSSocket;
  readonly #handshake: TlsHandshake;
  readonly #in: TlsReader;
  readonly #out: TlsWriter;
  #state: TlsState = 'handshake';
  #session: TlsSession | null = null;

  /**
   * The client's side (`qio_channel_tls_new_client`, `qio_channel_tls_handshake`). A handshake that fails, or is aborted, closes `channel`;
   * what is wrong with the options is told before it is touched.
   *
   * @throws QIOChannelError `QIO_CHANNEL_TLS_HOSTNAME`, `_UNTRUSTED`, `_EXPIRED`: the server is not believed; `_PSK`: one side does not know
   * the other's key; `_NO_CERTIFICATE`, `_REFUSED`: the server wants a certificate, or another one; `_HANDSHAKE`: any other failure;
   * `_CREDENTIALS`: the options. TLS 1.3 may tell a client only when it reads that the server refuses its certificate.
   */
  static *client(channel: QIOChannel, options: TlsClientOptions = {}): Co<QIOChannelTls> {
    return yield* QIOChannelTls.#establish(channel, new TlsClient(channel, options), options.signal);
  }

  /**
   * The server's side (`qio_channel_tls_new_server`, `qio_channel_tls_handshake`).
   *
   * @throws QIOChannelError as {@link client}.
   */
  static *server(channel: QIOChannel, options: TlsServerOptions): Co<QIOChannelTls> {
    return yield* QIOChannelTls.#establish(channel, new TlsServer(channel, options), options.signal);
  }

  static *#establish(
    channel: QIOChannel,
    party: TlsParty,
    signal: AbortSignal | undefined,
  ): Co<QIOChannelTls> {
    if (signal?.aborted === true) {
      channel.close();
      throw signal.reason;
    }
    const tls = new QIOChannelTls(channel, party);
    let settled = false;
    try {
      yield* coAwait(tls.#handshake.done, { signal });
      // Until Node has told TLS that the last flight has left, the first write would have to wait: a server's takes two turns.
      for (let turn = 0; turn < 2; turn++) {
        yield* coAwait(new Promise((resolve) => setImmediate(resolve)), { signal });
      }
      settled = true;
      return tls;
    } finally {
      // Also when the coroutine is ended from outside.
      if (!settled) tls.#closeBelow();
    }
  }

  private constructor(below: QIOChannel, party: TlsParty) {
    super(`TLS over ${below.name}`);
    this.#below = below;
    this.#in = new TlsReader(this.reader);
    this.#duplex = new ChannelDuplex(below, this.#duplexOwner());
    // What Node tells of the duplex it also tells of the socket.
    this.#duplex.on('error', () => {});
    const socket = party.open(this.#duplex);
    this.#socket = socket;
    this.#out = new TlsWriter(this.writer, socket, this.#duplex);
    this.#handshake = new TlsHandshake(party, socket, () => {
      this.#session = tlsSessionOf(socket, party);
      this.#state = 'open';
    });
    socket.on('data', (chunk) => this.#in.append(chunk));
    // The peer's `close_notify`.
    socket.on('end', () => this.#in.end(null));
    // A server's socket tells by the second event only.
    for (const event of ['error', '_tlsError']) socket.on(event, (error) => this.#failed(error));
    this.#duplex.start();
  }

  /** What both sides have agreed on, and who the peer is. */
  get session(): TlsSession {
    if (this.#session === null) throw new TypeError(`${this.name}: no session before the handshake is over`);
    return this.#session;
  }

  override hasFeature(feature: QIOChannelFeature): boolean {
    return feature === 'shutdown';
  }

  // No cork: the channel below would hold back the end of a large write, for which its writer waits.
  override setDelay(enabled: boolean): void {
    this.#below.setDelay(enabled);
  }

  override tryWritev(iov: IOVec): number {
    const count = super.tryWritev(iov);
    // Nobody will ask again for what it has encrypted and the channel below has not taken yet.
    const begun = count === QIO_CHANNEL_ERR_BLOCK ? this.#out.takeTaken() : 0;
    return begun > 0 ? begun : count;
  }

  protected override ioReadv(iov: IOVec): number {
    const count = this.#in.readv(iov);
    if (this.#in.wantsMore) this.#duplex.readOn();
    return count;
  }

  protected override ioWritev(iov: IOVec): number {
    return this.#out.writev(iov);
  }

  protected override ioReady(condition: IOCondition): boolean {
    return condition === 'in' ? this.#in.ready : this.#out.ready;
  }

  protected override ioAbandon(condition: IOCondition): number {
    return condition === 'out' ? this.#out.takeTaken() : 0;
  }

  protected override ioShutdown(how: ShutdownHow): void {
    // A write that is cut ends the connection: what the peer has of it must not look whole.
    if (how === 'both' || (how === 'write' && this.#cutsWrite())) {
      this.ioClose();
      return;
    }
    if (how === 'read') {
      this.#in.shut();
      this.#below.shutdown('read');
    } else {
      this.#out.end(this.#shutDown());
      // The peer is told (`close_notify`), and may go on writing.
      this.#socket.end();
    }
  }

  protected override ioClose(): void {
    if (this.#state !== 'open') return;
    this.#state = 'closing';
    const cut = this.#cutsWrite();
    this.#in.shut();
    this.#out.end(this.#shutDown());
    if (!cut && !this.#duplex.writableFinished) this.#socket.end();
    else this.#closeBelow();
  }

  /** Whether an end would come in the middle of a write: the peer must not take it for one (no `close_notify`). */
  #cutsWrite(): boolean {
    return this.writer.busy || this.#duplex.blocked;
  }

  #duplexOwner(): DuplexOwner {
    const wantsMore = (): boolean => this.#state === 'handshake' || this.#in.wantsMore;
    const inHandshake = (): boolean => this.#state === 'handshake';
    return {
      get wantsMore() {
        return wantsMore();
      },
      get inHandshake() {
        return inHandshake();
      },
      received: () => {
        if (this.#state === 'handshake') this.#handshake.received();
        else if (this.#in.ready) this.reader.wake();
      },
      ended: (error) => this.#belowEnded(error),
      writeFailed: (error, first) => {
        if (this.#state === 'handshake') this.#handshake.writeFailed(error, first);
        this.#out.end(error);
      },
      blocked: () => {
        if (this.#state === 'closing') this.#closeBelow();
      },
      finished: () => {
        if (this.#state === 'closing') this.#closeBelow('write');
        else this.#below.shutdown('write');
      },
    };
  }

  #belowEnded(error: unknown): void {
    if (this.#state === 'handshake') this.#handshake.ended(error);
    // Node tells of the peer's last word a few ticks after TLS has read it: if it has said it, that end counts.
    else setImmediate(() => this.#in.end(error ?? this.#truncated()));
  }

  /** What came before an error of TLS can still be read; nothing more can be written. */
  #failed(error: unknown): void {
    if (this.#state === 'handshake') this.#handshake.failed(error);
    if (this.#state === 'closing') this.#closeBelow();
    if (this.#state !== 'open') return;
    const failure = this.#handshake.explainLater(error, this.name);
    this.#in.end(failure);
    this.#out.end(failure);
    this.#closeBelow();
  }

  #closeBelow(ended: ShutdownHow = 'both'): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    // Closing a view leaves the connection to its own thread, and the peer would wait on.
    if (!(this.#below instanceof LocalQIOChannel)) this.#below.shutdown(ended);
    this.#below.close();
    this.#socket.destroy();
  }

  #shutDown(): QIOChannelError {
    return new QIOChannelError('QIO_CHANNEL_SHUT_DOWN', `${this.name}: write: it was shut down`);
  }

  #truncated(): QIOChannelError {
    return new QIOChannelError(
      'QIO_CHANNEL_TLS_TRUNCATED',
      `${this.name}: read: the connection ended, and the peer has not said so: bytes may be missing`,
    );
  }
}
