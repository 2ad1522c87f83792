import type { PathLike } from 'node:fs';
import { type OnReadOpts, Socket, type SocketConstructorOpts } from 'node:net';
import type { Co } from '@coaio/coroutine';
import type { IOVec } from '../iovec.js';
import { LocalQIOChannel } from '../local-qio-channel.js';
import { assertPosition } from '../position.js';
import type { IOCondition, IOOptions, QIOChannelFeature, SeekWhence, ShutdownHow } from '../qio-channel.js';
import { QIOChannelError } from '../qio-channel-error.js';
import { SocketHalves } from '../socket/socket-halves.js';
import { adoptDescriptor, type OpenedFile, openFile } from './opened-file.js';
import { PositionedFile } from './positioned-file.js';

export interface DescriptorOptions {
  /** Whether the channel closes it (and, for a pipe, makes it non-blocking); default true. A socket's cannot be kept. */
  autoClose?: boolean;
  /** Where to begin; default: where the descriptor is, which only Linux tells; elsewhere the start. */
  position?: number;
  /** Shown in errors. */
  name?: string;
}

/**
 * A channel on a file (QEMU's `QIOChannelFile`). Regular files and block devices are read in libuv's thread pool, have a position
 * that reading and writing share, and are `seekable`: there an abort waits until the system has answered, and the answer is what the
 * call gives. So do character devices, without a position. FIFOs, pipes and sockets wait in the event loop, and can be shut down.
 */
export class QIOChannelFile extends LocalQIOChannel {
  readonly #positioned: PositionedFile | null = null;
  readonly #stream: SocketHalves | null = null;

  /**
   * Opens a file (`qio_channel_file_new_path`). A FIFO does not wait for its other end: to write, there must be a reader (`ENXIO`).
   *
   * @param flags as `fs.open` has them, e.g. `'r+'`.
   * @param mode the permissions of a file that is made; default 0o666, less the process's umask.
   * @throws QIOChannelError `QIO_CHANNEL_OPEN` with the system's `errno`; `QIO_CHANNEL_UNSUPPORTED`: a folder or a terminal.
   */
  static async open(path: PathLike, flags: string | number = 'r', mode?: number): Promise<QIOChannelFile> {
    return new QIOChannelFile(String(path), await openFile(path, flags, mode));
  }

  /**
   * A channel on an open descriptor (`qio_channel_file_new_fd`).
   *
   * @throws QIOChannelError as {@link open}; `QIO_CHANNEL_POSITION`.
   */
  static fromDescriptor(fd: number, options: DescriptorOptions = {}): QIOChannelFile {
    const name = options.name ?? `descriptor ${fd}`;
    if (options.position !== undefined) assertPosition(name, options.position);
    return new QIOChannelFile(name, adoptDescriptor(name, fd, options.autoClose ?? true, options.position));
  }

  private constructor(name: string, file: OpenedFile) {
    super(name);
    if (file.kind === 'stream') this.#stream = this.#openStream(file);
    else this.#positioned = new PositionedFile(name, file, this.reader, this.writer);
  }

  /** Fulfilled once the descriptor is closed: after {@link close}, and after what the system was doing then. Rejects if that fails. */
  get closed(): Promise<void> {
    return (this.#positioned ?? this.#stream)?.closed ?? Promise.resolve();
  }

  override hasFeature(feature: QIOChannelFeature): boolean {
    return feature === 'shutdown' ? this.#stream !== null : this.#positioned?.seekable === true;
  }

  override setCork(enabled: boolean): void {
    this.#stream?.setCork(enabled);
  }

  override readv(iov: IOVec, options?: IOOptions): Co<number> {
    return this.#positioned?.transfer('in', iov, this.#waiting(options)) ?? super.readv(iov, options);
  }

  override writev(iov: IOVec, options?: IOOptions): Co<number> {
    return this.#positioned?.transfer('out', iov, this.#waiting(options)) ?? super.writev(iov, options);
  }

  override seek(offset: number, whence: SeekWhence = 'set'): number {
    return this.#positioned?.seek(offset, whence) ?? super.seek(offset, whence);
  }

  override preadv(iov: IOVec, offset: number): Co<number> {
    return (
      this.#positioned?.transferAt('in', iov, offset, this.followCoroutineCtx) ?? super.preadv(iov, offset)
    );
  }

  override pwritev(iov: IOVec, offset: number): Co<number> {
    return (
      this.#positioned?.transferAt('out', iov, offset, this.followCoroutineCtx) ?? super.pwritev(iov, offset)
    );
  }

  protected override ioReadv(iov: IOVec): number {
    return this.#positioned?.transferNow('in', iov) ?? this.#stream?.readv(iov) ?? 0;
  }

  protected override ioWritev(iov: IOVec): number {
    return this.#positioned?.transferNow('out', iov) ?? this.#stream?.writev(iov) ?? 0;
  }

  protected override ioReady(condition: IOCondition): boolean {
    return this.#positioned?.idle ?? this.#stream?.ready(condition) ?? true;
  }

  protected override ioWatch(condition: IOCondition, iov: IOVec | null, abortable: boolean): void {
    this.#stream?.watch(condition, iov, abortable);
  }

  protected override ioUnwatch(condition: IOCondition): void {
    this.#stream?.unwatch(condition);
  }

  protected override ioAbandon(condition: IOCondition): number {
    return this.#stream?.abandon(condition) ?? 0;
  }

  protected override ioError(condition: IOCondition): Error | null {
    return this.#stream?.error(condition) ?? null;
  }

  protected override ioShutdown(how: ShutdownHow): void {
    if (this.#stream === null) {
      throw new QIOChannelError(
        'QIO_CHANNEL_UNSUPPORTED',
        `${this.name}: shutdown: the system answers anyway`,
      );
    }
    this.#stream.shutdown(how);
  }

  protected override ioClose(): void {
    this.#positioned?.close();
    this.#stream?.close();
  }

  #waiting(options: IOOptions | undefined): { follow: boolean; signal: AbortSignal | undefined } {
    return { follow: this.followCoroutineCtx, signal: options?.signal };
  }

  #openStream({ fd, access }: OpenedFile): SocketHalves {
    const readable = access !== 'w';
    const writable = access !== 'r';
    const open = (onread?: OnReadOpts): Socket => {
      // Its types lack `onread` beside `fd`.
      const options = { fd, readable, writable, allowHalfOpen: true, onread };
      try {
        return new Socket(options as SocketConstructorOpts);
      } catch (error) {
        throw new QIOChannelError('QIO_CHANNEL_UNSUPPORTED', `${this.name}: no stream of bytes`, error);
      }
    };
    return new SocketHalves({
      name: this.name,
      reader: this.reader,
      writer: this.writer,
      openReading: readable ? open : null,
      openWriting: writable ? (reading) => reading ?? open() : null,
    });
  }
}
