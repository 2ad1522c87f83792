import type { OnReadOpts, Socket } from 'node:net';
import type { DirectionWaiter } from '../direction-waiter.js';
import type { IOVec } from '../iovec.js';
import type { IOCondition, ShutdownHow } from '../qio-channel.js';
import { QIOChannelError } from '../qio-channel-error.js';
import { descriptorOf, replacePlace } from './node-handle.js';
import { SocketReader } from './socket-reader.js';
import { SocketWriter } from './socket-writer.js';

export interface HalvesOptions {
  name: string;
  reader: DirectionWaiter;
  writer: DirectionWaiter;
  /** Makes the socket to read from; null: there is nothing to read. */
  openReading: ((onread: OnReadOpts) => Socket) | null;
  /** Makes the socket to write to, which may be the one that is read; null: nothing can be written. */
  openWriting: ((reading: Socket | null) => Socket) | null;
  /** The stream to read has ended; who gives this tells readers with {@link SocketHalves.endReading}. Default: at once. */
  ended?: () => void;
}

/** The two directions of a channel over one socket, or over one for each to Node: a child's stdio, the end of a pipe. */
export class SocketHalves {
  /** Fulfilled once the system has all descriptors back. */
  readonly closed: Promise<void>;
  readonly #name: string;
  readonly #in: SocketReader | null = null;
  readonly #out: SocketWriter | null = null;
  readonly #reading: Socket | null = null;
  readonly #writing: Socket | null = null;

  constructor(options: HalvesOptions) {
    this.#name = options.name;
    if (options.openReading !== null) {
      const reader = new SocketReader(options.reader, () => this.#reading?.resume());
      this.#in = reader;
      this.#reading = options.openReading({
        buffer: () => reader.place(),
        callback: (count, place) => reader.land(count, place),
      });
      const atEnd = () => reader.end(null);
      this.#reading.on('end', options.ended ?? atEnd);
      // Whoever closed it.
      if (options.ended === undefined) this.#reading.on('close', atEnd);
      this.#reading.on('error', (error) => reader.end(this.#failed('read', error)));
    }
    if (options.openWriting !== null) {
      this.#writing = options.openWriting(this.#reading);
      const writer = new SocketWriter(this.#name, this.#writing, options.writer);
      this.#out = writer;
      this.#writing.on('error', (error) => writer.end(this.#failed('write', error)));
      this.#writing.on('close', () => writer.end(this.#wasShutDown()));
    }
    this.closed = Promise.all([socketClosed(this.#reading), socketClosed(this.#writing)]).then(() => {});
  }

  /** The one of both directions. */
  get socket(): Socket {
    return this.#reading as Socket;
  }

  readv(iov: IOVec): number {
    if (this.#in === null) throw this.#oneWay('read', 'writing');
    return this.#in.readv(iov);
  }

  writev(iov: IOVec): number {
    if (this.#out === null) throw this.#oneWay('write', 'reading');
    return this.#out.writev(iov);
  }

  ready(condition: IOCondition): boolean {
    return (condition === 'in' ? this.#in?.ready : this.#out?.ready) ?? true;
  }

  watch(condition: IOCondition, iov: IOVec | null, abortable: boolean): void {
    if (condition === 'in') this.#in?.watch(iov, abortable);
    else this.#out?.watch(iov, abortable);
  }

  unwatch(condition: IOCondition): void {
    if (condition === 'in') this.#in?.unwatch();
  }

  /** The wait was given up, its memory goes back. What cannot be taken back from the system ends the connection. @returns what was moved. */
  abandon(condition: IOCondition): number {
    if (condition === 'in') {
      const reading = this.#reading;
      const reclaimed = this.#in?.reclaim((place) => reading === null || replacePlace(reading, place));
      if (reclaimed === false) this.shutdown('both');
      return this.#in?.takeLanded() ?? 0;
    }
    if (this.#out?.refers === true) this.shutdown('both');
    return this.#out?.takeTaken() ?? 0;
  }

  /** What the next read, or write, would fail with; null: nothing, or it would find the end. */
  error(condition: IOCondition): Error | null {
    const known = condition === 'in' ? this.#in?.error : this.#out?.error;
    const errored = (condition === 'in' ? this.#reading : this.#writing)?.errored ?? null;
    // Node closes the descriptor before it tells of the error.
    if (known !== undefined || errored === null) return known ?? null;
    return this.#failed(condition === 'in' ? 'read' : 'write', errored);
  }

  /** The next write is to ask the system whatever the last one was told. */
  askAgain(): void {
    this.#out?.askAgain();
  }

  setCork(enabled: boolean): void {
    this.#out?.setCork(enabled);
  }

  /** What may be written to at this moment without asking this thread, or -1. */
  get writableDescriptor(): number {
    return this.#writing !== null && this.#out?.isDirect ? descriptorOf(this.#writing) : -1;
  }

  /** Nothing more comes: readers see the end, or `error`. */
  endReading(error: Error | null): void {
    this.#in?.end(error);
  }

  shutdown(how: ShutdownHow): void {
    // What the system is writing cannot be taken back from it, and the memory goes back to the writer.
    const cut = how !== 'read' && this.#out?.refers === true;
    if (how !== 'write' || (cut && this.#isOneSocket)) this.#shutReading(how === 'read' ? 'goes on' : 'ends');
    if (how === 'read') return;
    this.#out?.setCork(false);
    this.#out?.end(this.#wasShutDown());
    if (how === 'both' || cut) this.#writing?.destroy();
    else if (this.#writing?.destroyed === false) this.#writing.end();
  }

  /** What writes were told of leaves first, as it does when the system closes a socket. */
  close(): void {
    this.#out?.setCork(false);
    if (this.#out?.owes !== true) {
      this.shutdown('both');
      return;
    }
    this.#shutReading('goes on');
    this.#out.end(this.#wasShutDown());
    this.#writing?.destroySoon();
  }

  get #isOneSocket(): boolean {
    return this.#reading === this.#writing;
  }

  /** @param writing of the same socket. */
  #shutReading(writing: 'goes on' | 'ends'): void {
    // Before its reader goes: the event loop must not write to that memory any more.
    this.#reading?.pause();
    this.#in?.shut();
    if (!this.#isOneSocket || writing === 'ends') this.#reading?.destroy();
  }

  #wasShutDown(): QIOChannelError {
    return new QIOChannelError('QIO_CHANNEL_SHUT_DOWN', `${this.#name}: write: it was shut down`);
  }

  #failed(operation: string, error: Error): QIOChannelError {
    return new QIOChannelError('QIO_CHANNEL_IO', `${this.#name}: ${operation}`, error);
  }

  #oneWay(operation: string, other: string): QIOChannelError {
    return new QIOChannelError(
      'QIO_CHANNEL_UNSUPPORTED',
      `${this.#name}: ${operation}: it was opened for ${other} only`,
    );
  }
}

function socketClosed(socket: Socket | null): Promise<void> {
  return socket === null
    ? Promise.resolve()
    : new Promise((resolve) => socket.once('close', () => resolve()));
}
