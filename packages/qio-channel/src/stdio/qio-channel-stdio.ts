import { type OnReadOpts, Socket, type SocketConstructorOpts } from 'node:net';
import type { IOVec } from '../iovec.js';
import { LocalQIOChannel } from '../local-qio-channel.js';
import type { IOCondition, QIOChannelFeature, ShutdownHow } from '../qio-channel.js';
import { QIOChannelError } from '../qio-channel-error.js';
import { SocketHalves } from '../socket/socket-halves.js';

export interface StdioOptions {
  /** The descriptor to read from; default 0. */
  input?: number;
  /** The descriptor to write to; default 1. */
  output?: number;
}

/**
 * The other side of a `QIOChannelCommand`: what started this process talks to it through its stdin and stdout, two pipes or, from
 * inetd, one socket. Nothing else may use them: `process.stdin`, `process.stdout` and `console.log` do.
 */
export class QIOChannelStdio extends LocalQIOChannel {
  readonly #halves: SocketHalves;

  /** @throws QIOChannelError `QIO_CHANNEL_UNSUPPORTED`: a terminal, a file, or nothing at all. */
  static open({ input = 0, output = 1 }: StdioOptions = {}): QIOChannelStdio {
    return new QIOChannelStdio(input, output);
  }

  private constructor(input: number, output: number) {
    super('stdin and stdout');
    this.#halves = new SocketHalves({
      name: this.name,
      reader: this.reader,
      writer: this.writer,
      openReading: (onread) => this.#socket(input, onread),
      openWriting: () => this.#socket(output),
    });
  }

  override hasFeature(feature: QIOChannelFeature): boolean {
    return feature === 'shutdown';
  }

  override setCork(enabled: boolean): void {
    this.#halves.setCork(enabled);
  }

  protected override ioReadv(iov: IOVec): number {
    return this.#halves.readv(iov);
  }

  protected override ioWritev(iov: IOVec): number {
    return this.#halves.writev(iov);
  }

  protected override ioReady(condition: IOCondition): boolean {
    return this.#halves.ready(condition);
  }

  protected override ioWatch(condition: IOCondition, iov: IOVec | null, abortable: boolean): void {
    this.#halves.watch(condition, iov, abortable);
  }

  protected override ioUnwatch(condition: IOCondition): void {
    this.#halves.unwatch(condition);
  }

  protected override ioAbandon(condition: IOCondition): number {
    return this.#halves.abandon(condition);
  }

  protected override ioError(condition: IOCondition): Error | null {
    return this.#halves.error(condition);
  }

  protected override ioShutdown(how: ShutdownHow): void {
    this.#halves.shutdown(how);
  }

  protected override ioClose(): void {
    this.#halves.close();
  }

  #socket(fd: number, onread?: OnReadOpts): Socket {
    const readable = onread !== undefined;
    // Its types lack `onread` beside `fd`.
    const options = { fd, readable, writable: !readable, allowHalfOpen: true, onread };
    try {
      return new Socket(options as SocketConstructorOpts);
    } catch (error) {
      throw new QIOChannelError('QIO_CHANNEL_UNSUPPORTED', `${this.name}: no pipe or socket`, error);
    }
  }
}
