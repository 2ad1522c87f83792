import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type RawData, WebSocket } from 'ws';
import { type IOVec, iovCopyOfStart } from '../iovec.js';
import { LocalQIOChannel } from '../local-qio-channel.js';
import {
  type IOCondition,
  QIO_CHANNEL_ERR_BLOCK,
  type QIOChannelFeature,
  type ShutdownHow,
} from '../qio-channel.js';
import { errnoOf, QIOChannelError } from '../qio-channel-error.js';
import { IncomingMessages, messageBytes } from './incoming-messages.js';
import { openWebSocket, type WebsockConnectOptions } from './open-websocket.js';
import { shownUrl } from './shown-url.js';
import { acceptUpgrade, type WebsockAcceptOptions } from './upgrade-request.js';

/** One message of ours. */
const MESSAGE_SIZE = 256 * 1024;
/** From this much on that the system has not taken, a writer waits. */
const UNSENT_MAX = 512 * 1024;
/** From this much on that nobody has read, the connection is not read from. */
const UNREAD_MAX = 256 * 1024;
/** What a peer has to answer the close frame, in ms, counted from the last that was sent or came. `ws` itself gives it 30 s in all. */
const SILENCE_MAX = 2000;

/** RFC 6455 section 7.4.1; 1005: the close frame had no code. */
const CLOSE_NORMAL = 1000;
const CLOSE_UNSUPPORTED_DATA = 1003;
const CLOSE_NO_STATUS = 1005;
const CLOSE_ABNORMAL = 1006;

/**
 * A channel over a WebSocket (QEMU's `QIOChannelWebsock`): a stream of bytes in binary messages, as websockify and noVNC have it. Where a
 * message begins and ends means nothing.
 *
 * `close` and `shutdown('both')` send what was written and a close frame (1000). A peer that is silent for 2 s then, with all sent and
 * no close frame from it, is cut off; one that does not take what was written after 30 s, by `ws`. A WebSocket cannot end one direction only:
 * `shutdown('write')` refuses writes from then on, and the peer learns of it when the channel is closed.
 */
export class QIOChannelWebsock extends LocalQIOChannel {
  readonly #webSocket: WebSocket;
  readonly #unread = new IncomingMessages();
  #unsent = 0;
  #readEnd: { error: Error | null } | null = null;
  #writeError: Error | null = null;
  /** Runs while the peer has only its close frame to send. */
  #silence: NodeJS.Timeout | undefined;

  /**
   * Connects to a `ws:` or `wss:` URL, and offers the subprotocol `binary`.
   *
   * @throws QIOChannelError `QIO_CHANNEL_CONNECT`: the system's `errno`, or the HTTP status in the message; `QIO_CHANNEL_ADDRESS`;
   * `QIO_CHANNEL_BAD_ARGUMENT`; the signal's reason.
   */
  static connect(url: string | URL, options: WebsockConnectOptions = {}): Promise<QIOChannelWebsock> {
    return openWebSocket(url, options, (webSocket, name) => new QIOChannelWebsock(webSocket, name));
  }

  /**
   * Answers a client, in the `upgrade` event of a `node:http` or `node:https` server (`qio_channel_websock_new_server`). Whoever may not
   * come in is turned away before. The answer to a bad request is 400.
   *
   * @throws QIOChannelError `QIO_CHANNEL_PROTOCOL`: it is no WebSocket request, or offers only other subprotocols.
   */
  static accept(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    options: WebsockAcceptOptions = {},
  ): QIOChannelWebsock {
    return acceptUpgrade(
      request,
      socket,
      head,
      options,
      (webSocket, name) => new QIOChannelWebsock(webSocket, name),
    );
  }

  /**
   * The channel of a WebSocket that is open, in the turn in which it was opened: what comes before is lost.
   *
   * @param name shown in errors; default: its URL without user, password and query.
   * @throws QIOChannelError `QIO_CHANNEL_BAD_ARGUMENT`: it is not open.
   */
  static fromWebSocket(
    webSocket: WebSocket,
    name = shownUrl(webSocket.url ?? '') || 'websock',
  ): QIOChannelWebsock {
    if (webSocket.readyState !== WebSocket.OPEN) {
      const state = ['connecting', 'open', 'closing', 'closed'][webSocket.readyState];
      throw new QIOChannelError(
        'QIO_CHANNEL_BAD_ARGUMENT',
        `${name}: fromWebSocket: it is ${state}, not open`,
      );
    }
    return new QIOChannelWebsock(webSocket, name);
  }

  private constructor(webSocket: WebSocket, name: string) {
    super(name);
    this.#webSocket = webSocket;
    webSocket.on('message', (data, isBinary) => this.#arrived(data, isBinary));
    webSocket.on('error', (error) => this.#fail(error));
    webSocket.on('close', (code, reason) => this.#closed(code, reason.toString()));
  }

  override hasFeature(feature: QIOChannelFeature): boolean {
    return feature === 'shutdown';
  }

  protected override ioReadv(iov: IOVec): number {
    if (this.#unread.size > 0) {
      const count = this.#unread.take(iov);
      if (this.#unread.size < UNREAD_MAX && this.#webSocket.isPaused) this.#webSocket.resume();
      return count;
    }
    if (this.#readEnd === null) return QIO_CHANNEL_ERR_BLOCK;
    if (this.#readEnd.error !== null) throw this.#readEnd.error;
    return 0;
  }

  protected override ioWritev(iov: IOVec): number {
    if (this.#writeError !== null) throw this.#writeError;
    if (this.#unsent >= UNSENT_MAX) return QIO_CHANNEL_ERR_BLOCK;
    // `ws` keeps it until the system has taken it.
    const message = iovCopyOfStart(iov, MESSAGE_SIZE);
    this.#unsent += message.length;
    this.#webSocket.send(message, { binary: true }, (error) => {
      this.#unsent -= message.length;
      // The reader learns of the end by itself: there may be something for it to read yet.
      if (error) this.#endWriting(new QIOChannelError('QIO_CHANNEL_IO', `${this.name}: write`, error));
      this.#awaitCloseFrame();
      if (this.ioReady('out')) this.writer.wake();
    });
    return message.length;
  }

  protected override ioReady(condition: IOCondition): boolean {
    if (condition === 'in') return this.#unread.size > 0 || this.#readEnd !== null;
    return this.#unsent < UNSENT_MAX || this.#writeError !== null;
  }

  protected override ioShutdown(how: ShutdownHow): void {
    if (how !== 'write') {
      this.#readEnd = { error: null };
      this.#unread.clear();
      // What comes from now on goes nowhere. It is read all the same: the peer's close frame is behind it.
      this.#webSocket.resume();
    }
    if (how !== 'read') {
      this.#endWriting(new QIOChannelError('QIO_CHANNEL_SHUT_DOWN', `${this.name}: write: it was shut down`));
    }
    if (how !== 'both') return;
    this.#webSocket.close(CLOSE_NORMAL);
    this.#awaitCloseFrame();
  }

  protected override ioClose(): void {
    this.ioShutdown('both');
  }

  #arrived(data: RawData, isBinary: boolean): void {
    this.#silence?.refresh();
    if (this.#readEnd !== null) return;
    const bytes = messageBytes(data);
    if (!isBinary) {
      const error = new Error(
        `the peer sent a text message of ${bytes.length} bytes, only binary ones are taken`,
      );
      this.#end(new QIOChannelError('QIO_CHANNEL_PROTOCOL', this.name, error));
      this.#webSocket.close(CLOSE_UNSUPPORTED_DATA, 'binary messages only');
      return;
    }
    this.#unread.push(bytes);
    if (this.#unread.size >= UNREAD_MAX) this.#webSocket.pause();
    this.reader.wake('event');
  }

  #awaitCloseFrame(): void {
    if (this.#webSocket.readyState !== WebSocket.CLOSING || this.#unsent > 0) return;
    this.#silence ??= setTimeout(() => this.#webSocket.terminate(), SILENCE_MAX).unref();
  }

  /** Of the connection, or of the peer: a frame that is none, a message longer than the limit. `ws` closes it. */
  #fail(error: Error): void {
    const code = errnoOf(error)?.startsWith('WS_ERR_') === true ? 'QIO_CHANNEL_PROTOCOL' : 'QIO_CHANNEL_IO';
    this.#end(new QIOChannelError(code, this.name, error));
  }

  #closed(code: number, reason: string): void {
    clearTimeout(this.#silence);
    if (code === CLOSE_NORMAL || code === CLOSE_NO_STATUS) {
      this.#end(null, new QIOChannelError('QIO_CHANNEL_IO', `${this.name}: write: the peer has closed`));
      return;
    }
    const how =
      code === CLOSE_ABNORMAL
        ? 'went away without a close frame'
        : `closed with ${code}${reason && ` (${reason})`}`;
    this.#end(new QIOChannelError('QIO_CHANNEL_IO', `${this.name}: the peer ${how}`));
  }

  #end(readError: Error | null, writeError = readError): void {
    this.#readEnd ??= { error: readError };
    this.#writeError ??= writeError;
    this.reader.wake();
    this.writer.wake();
  }

  #endWriting(error: Error): void {
    this.#writeError ??= error;
  }
}
