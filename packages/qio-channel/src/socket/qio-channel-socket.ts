import { connect as netConnect, type OnReadOpts, Socket } from 'node:net';
import { isMainThread } from 'node:worker_threads';
import type { IOVec } from '../iovec.js';
import { LocalQIOChannel } from '../local-qio-channel.js';
import type { IOCondition, QIOChannelFeature, ShutdownHow } from '../qio-channel.js';
import { QIOChannelError } from '../qio-channel-error.js';
import type { ChannelShare } from '../shared/channel-share.js';
import { descriptorOf, gateClose, takeHandle } from './node-handle.js';
import { assertAddress, formatAddress, nodeAddress, type SocketAddress } from './socket-address.js';
import { SocketReader } from './socket-reader.js';
import { SocketWriter } from './socket-writer.js';

export interface ConnectOptions {
  /** Gives up connecting, with the signal's reason. */
  signal?: AbortSignal;
}

/** A channel over a TCP or Unix socket (QEMU's `QIOChannelSocket`). TCP starts with no delay (Nagle off). */
export class QIOChannelSocket extends LocalQIOChannel {
  readonly #socket: Socket;
  readonly #in: SocketReader;
  readonly #out: SocketWriter;
  #shared = false;
  #hostname: string | undefined;

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
      if (address.type === 'inet') channel.#hostname = address.host;
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
    this.#in = new SocketReader(this.reader, () => this.#socket.resume());
    // Node asks for the first place before the constructor has finished.
    const reader = this.#in;
    this.#socket = open({
      buffer: () => reader.place(),
      callback: (count, place) => reader.land(count, place),
    });
    this.#out = new SocketWriter(name, this.#socket, this.writer);
    this.#socket.on('end', () => reader.end(null));
    this.#socket.on('error', (error) => this.#fail(new QIOChannelError('QIO_CHANNEL_IO', name, error)));
    this.#socket.on('close', () => {
      reader.end(null);
      this.#out.end(this.#wasShutDown());
    });
  }

  /** The host, as it was given to {@link connect}: what a certificate is held against. */
  get hostname(): string | undefined {
    return this.#hostname;
  }

  override hasFeature(feature: QIOChannelFeature): boolean {
    return feature === 'shutdown';
  }

  override setDelay(enabled: boolean): void {
    this.#socket.setNoDelay(!enabled);
  }

  /** No-op once the channel has a handle: another thread's writes would overtake what is gathered here. */
  override setCork(enabled: boolean): void {
    if (!this.#shared) this.#out.setCork(enabled);
  }

  /** @internal Only the main thread's: another one may end at any moment, and its descriptors with it, under a call. */
  override descriptorForOthers(): number {
    return isMainThread && this.#out.isDirect ? descriptorOf(this.#socket) : -1;
  }

  protected override ioShared(share: ChannelShare): void {
    this.#out.setCork(false);
    this.#shared = true;
    gateClose(this.#socket, (close) => share.closeWhenUnused(close));
  }

  protected override ioReadv(iov: IOVec): number {
    return this.#in.readv(iov);
  }

  protected override ioWritev(iov: IOVec): number {
    return this.#out.writev(iov);
  }

  protected override ioReady(condition: IOCondition): boolean {
    return condition === 'in' ? this.#in.ready : this.#out.ready;
  }

  protected override ioWatch(condition: IOCondition, iov: IOVec | null, abortable: boolean): void {
    if (condition === 'in') this.#in.watch(iov, abortable);
    else this.#out.watch(iov, abortable);
  }

  protected override ioUnwatch(condition: IOCondition): void {
    if (condition === 'in') this.#in.unwatch();
  }

  protected override ioAbandon(condition: IOCondition): number {
    return condition === 'in' ? this.#in.takeLanded() : this.#out.takeTaken();
  }

  protected override ioShutdown(how: ShutdownHow): void {
    // What the system is writing cannot be taken back from it, and the memory goes back to the writer.
    if (how === 'write' && this.#out.refers) {
      this.ioShutdown('both');
      return;
    }
    if (how !== 'write') {
      // Before its reader goes: the event loop must not write to that memory any more.
      this.#socket.pause();
      this.#in.shut();
    }
    if (how !== 'read') {
      this.#out.setCork(false);
      this.#out.end(this.#wasShutDown());
    }
    if (how === 'write') this.#socket.end();
    else if (how === 'both') this.#socket.destroy();
  }

  protected override ioClose(): void {
    this.#out.setCork(false);
    if (!this.#out.owes) {
      this.ioShutdown('both');
      return;
    }
    // What writes were told of leaves first, as it does when the system closes a socket.
    this.ioShutdown('read');
    this.#out.end(this.#wasShutDown());
    this.#socket.destroySoon();
  }

  #wasShutDown(): QIOChannelError {
    return new QIOChannelError('QIO_CHANNEL_SHUT_DOWN', `${this.name}: write: it was shut down`);
  }

  #fail(error: Error): void {
    this.#in.end(error);
    this.#out.end(error);
  }
}
