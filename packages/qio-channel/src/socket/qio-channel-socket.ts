import { connect as netConnect, type OnReadOpts, Socket } from 'node:net';
import { isMainThread } from 'node:worker_threads';
import type { IOVec } from '../iovec.js';
import { QIOChannelError } from '../qio-channel-error.js';
import type { ChannelShare } from '../shared/channel-share.js';
import { assertAddress } from './assert-address.js';
import { ConnectFailure } from './connect-failure.js';
import { connectTarget } from './connect-target.js';
import { HalvedChannel } from './halved-channel.js';
import { setKeepAlive } from './keep-alive.js';
import { gateClose, takeHandle } from './node-handle.js';
import { formatAddress, type SocketAddress } from './socket-address.js';
import { type SocketNames, socketNames } from './socket-names.js';

export interface ConnectOptions {
  /** Gives up connecting, with the signal's reason. For a limit: `AbortSignal.timeout(ms)`. */
  signal?: AbortSignal | undefined;
}

/** @internal What a listener says of a client that it accepted. */
export interface Accepted {
  name: string;
  /** Where it was accepted. */
  address: SocketAddress;
  names: SocketNames;
  /** Told once when the channel is closed. */
  closed: () => void;
}

/** A channel over a TCP or Unix socket (QEMU's `QIOChannelSocket`). TCP starts with no delay (Nagle off). */
export class QIOChannelSocket extends HalvedChannel {
  readonly #socket: Socket;
  #shared = false;
  #names: SocketNames = { local: null, remote: null };
  #hostname: string | undefined;

  /**
   * Connects to `address` (`qio_channel_socket_connect_async`). A host with several addresses is tried at all of them, a quarter of a
   * second apart (RFC 8305), and the first that answers is taken.
   *
   * @throws QIOChannelError `QIO_CHANNEL_CONNECT` with the system's `errno`; `QIO_CHANNEL_ADDRESS`; `QIO_CHANNEL_UNSUPPORTED`.
   */
  static async connect(address: SocketAddress, options: ConnectOptions = {}): Promise<QIOChannelSocket> {
    assertAddress(address, 'connect');
    options.signal?.throwIfAborted();
    const name = formatAddress(address);
    return await new Promise((resolve, reject) => {
      const channel = new QIOChannelSocket(name, (onread) =>
        netConnect({ ...connectTarget(address), onread, allowHalfOpen: true, noDelay: true }),
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
        fail(new QIOChannelError('QIO_CHANNEL_CONNECT', `connect to ${name}`, ConnectFailure.of(error)));
      options.signal?.addEventListener('abort', abort);
      socket.once('error', refused);
      socket.once('connect', () => {
        socket.off('error', refused);
        options.signal?.removeEventListener('abort', abort);
        channel.#names = socketNames(socket, 'connected', address);
        setKeepAlive(socket, address);
        resolve(channel);
      });
    });
  }

  /** @internal For a listener: the connection behind a socket that it accepted, which must not have been read. */
  static fromAccepted(accepted: Socket, { name, address, names, closed }: Accepted): QIOChannelSocket {
    const channel = new QIOChannelSocket(name, (onread) => {
      // `handle` and `pauseOnCreate` are what Node's own server passes; only so can an accepted socket have `onread`.
      const options = { handle: takeHandle(accepted), pauseOnCreate: true, allowHalfOpen: true, onread };
      return new Socket(options as ConstructorParameters<typeof Socket>[0]);
    });
    channel.#names = names;
    channel.#socket.setNoDelay(true);
    setKeepAlive(channel.#socket, address);
    channel.#socket.once('close', closed);
    channel.#socket.resume();
    return channel;
  }

  private constructor(name: string, open: (onread: OnReadOpts) => Socket) {
    super(name, { openReading: open, openWriting: (socket) => socket as Socket });
    this.#socket = this.halves.socket;
  }

  /** This end's address (`qio_channel_socket_get_local_address`), of the time when it was connected. */
  get localAddress(): SocketAddress | null {
    return this.#names.local;
  }

  /**
   * The peer's address (`qio_channel_socket_get_remote_address`), of the time when it was connected. A client of a Unix socket has the
   * path ''. Null: the peer was gone before it could be asked for.
   */
  get remoteAddress(): SocketAddress | null {
    return this.#names.remote;
  }

  /** The host, as it was given to {@link connect}: what a certificate is held against. */
  get hostname(): string | undefined {
    return this.#hostname;
  }

  override setDelay(enabled: boolean): void {
    this.#socket.setNoDelay(!enabled);
  }

  /** No-op once the channel has a handle: another thread's writes would overtake what is gathered here. */
  override setCork(enabled: boolean): void {
    if (!this.#shared) super.setCork(enabled);
  }

  override tryWritev(iov: IOVec): number {
    this.halves.askAgain();
    return super.tryWritev(iov);
  }

  /** @internal Only the main thread's: another one may end at any moment, and its descriptors with it, under a call. */
  override descriptorForOthers(): number {
    return isMainThread ? this.halves.writableDescriptor : -1;
  }

  protected override ioShared(share: ChannelShare): void {
    this.halves.setCork(false);
    this.#shared = true;
    gateClose(this.#socket, (close) => share.closeWhenUnused(close));
  }
}
