import { connect as netConnect, type OnReadOpts, Socket } from 'node:net';
import type { Co } from '@coaio/coroutine';
import type { IOVec } from '../iovec.js';
import { type IOCondition, QIOChannel, type QIOChannelFeature, type ShutdownHow } from '../qio-channel.js';
import { QIOChannelError } from '../qio-channel-error.js';
import { Landing } from './landing.js';
import { takeHandle } from './node-handle.js';
import { assertAddress, formatAddress, nodeAddress, type SocketAddress } from './socket-address.js';
import { SocketWriter } from './socket-writer.js';

export interface ConnectOptions {
  /** Gives up connecting, with the signal's reason. */
  signal?: AbortSignal;
}

/** A channel over a TCP or Unix socket (QEMU's `QIOChannelSocket`). TCP starts with no delay (Nagle off). */
export class QIOChannelSocket extends QIOChannel {
  readonly #socket: Socket;
  readonly #landing: Landing;
  readonly #writer: SocketWriter;

  /**
   * Connects to `address` (`qio_channel_socket_connect_async`).
   *
   * @throws QIOChannelError `QIO_CHANNEL_CONNECT` with the system's `errno`; `QIO_CHANNEL_ADDRESS`.
   */
  static async connect(address: SocketAddress, options: ConnectOptions = {}): Promise<QIOChannelSocket> {
    assertAddress(address);
    options.signal?.throwIfAborted();
    const name = formatAddress(address);
    return await new Promise((resolve, reject) => {
      const channel = new QIOChannelSocket(name, (onread) =>
        netConnect({ ...nodeAddress(address), onread, allowHalfOpen: true, noDelay: true }),
      );
      const socket = channel.#socket;
      const fail = (error: unknown): void => {
        socket.destroy();
        options.signal?.removeEventListener('abort', abort);
        reject(error);
      };
      const abort = (): void => fail(options.signal?.reason);
      const refused = (error: Error): void =>
        fail(new QIOChannelError('QIO_CHANNEL_CONNECT', `connect to ${name}`, error));
      options.signal?.addEventListener('abort', abort);
      socket.once('error', refused);
      socket.once('connect', () => {
        socket.off('error', refused);
        options.signal?.removeEventListener('abort', abort);
        resolve(channel);
      });
    });
  }

  /** @internal For a listener: the connection behind a socket that it accepted, which must not have been read. */
  static fromAccepted(accepted: Socket, name: string): QIOChannelSocket {
    const channel = new QIOChannelSocket(name, (onread) => {
      // `handle` and `pauseOnCreate` are what Node's own server passes; only so can an accepted socket have `onread`.
      const options = { handle: takeHandle(accepted), pauseOnCreate: true, allowHalfOpen: true, onread };
      return new Socket(options as ConstructorParameters<typeof Socket>[0]);
    });
    channel.#socket.setNoDelay(true);
    channel.#socket.resume();
    return channel;
  }

  private constructor(name: string, open: (onread: OnReadOpts) => Socket) {
    super(name);
    this.#landing = new Landing(name, () => this.#socket.resume());
    // Node asks for the first place before the constructor has finished.
    const landing = this.#landing;
    this.#socket = open({
      buffer: () => landing.place(),
      callback: (count, place) => landing.land(count, place),
    });
    this.#writer = new SocketWriter(name, this.#socket);
    this.#socket.on('end', () => landing.end(null));
    this.#socket.on('error', (error) => this.#fail(new QIOChannelError('QIO_CHANNEL_IO', name, error)));
    this.#socket.on('close', () => this.shutdown('both'));
  }

  override hasFeature(feature: QIOChannelFeature): boolean {
    return feature === 'shutdown';
  }

  override readv(iov: IOVec): Co<number> {
    return this.#landing.read(iov, this.followCoroutineCtx);
  }

  override writev(iov: IOVec): Co<number> {
    return this.#writer.write(iov, this.followCoroutineCtx);
  }

  override yield(condition: IOCondition): Co<void> {
    const side = condition === 'in' ? this.#landing : this.#writer;
    return side.ready(this.followCoroutineCtx);
  }

  override setDelay(enabled: boolean): void {
    this.#socket.setNoDelay(!enabled);
  }

  override shutdown(how: ShutdownHow): void {
    if (how !== 'write') {
      // Before its reader goes: the event loop must not write to that memory any more.
      this.#socket.pause();
      this.#landing.end(null);
    }
    if (how !== 'read') {
      this.#writer.end(new QIOChannelError('QIO_CHANNEL_SHUT_DOWN', `${this.name}: write: it was shut down`));
    }
    if (how === 'write') this.#socket.end();
    else if (how === 'both') this.#socket.destroy();
  }

  override close(): void {
    this.shutdown('both');
  }

  #fail(error: Error): void {
    this.#landing.end(error);
    this.#writer.end(error);
  }
}
