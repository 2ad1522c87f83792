import type { Co } from '@coaio/coroutine';
import { type IOVec, iovFromBuffer, iovSize } from '../iovec.js';
import { LocalQIOChannel } from '../local-qio-channel.js';
import { assertPosition, soughtPosition } from '../position.js';
import type { QIOChannelFeature, SeekWhence } from '../qio-channel.js';
import { QIOChannelError } from '../qio-channel-error.js';
import { GrowingMemory } from './growing-memory.js';

export interface BufferOptions {
  /** Bytes to have memory for from the start; default 0. */
  capacity?: number;
  /** The most bytes it may hold; default: the longest typed array that Node makes, 4 GiB or more. */
  limit?: number;
  /** Shown in errors. */
  name?: string;
}

/**
 * A channel on memory that grows (QEMU's `QIOChannelBuffer`), with one position for reading and writing as a file has it. Nothing
 * waits: a read at the end gives 0. A gap that a write leaves behind reads as zeros.
 */
export class QIOChannelBuffer extends LocalQIOChannel {
  readonly #memory: GrowingMemory;
  #position = 0;
  #state: 'open' | 'closed' = 'open';

  /** @throws QIOChannelError `QIO_CHANNEL_LIMIT`: the sizes cannot be, or there is not so much memory. */
  constructor(options: BufferOptions = {}) {
    super(options.name ?? 'buffer');
    this.#memory = new GrowingMemory(this.name, options.capacity, options.limit);
  }

  /** All that is in it, whatever the position. Not a copy, until a later write needs more memory; empty once it is closed. */
  get data(): Uint8Array {
    return this.#memory.data;
  }

  /** How many bytes are in it. */
  get usage(): number {
    return this.#memory.usage;
  }

  /** How many bytes it has memory for. */
  get capacity(): number {
    return this.#memory.capacity;
  }

  override hasFeature(feature: QIOChannelFeature): boolean {
    return feature === 'seekable';
  }

  override seek(offset: number, whence: SeekWhence = 'set'): number {
    this.#assertOpen('seek');
    this.#position = soughtPosition(`${this.name}: seek`, offset, whence, {
      position: this.#position,
      size: () => this.usage,
    });
    return this.#position;
  }

  override *preadv(iov: IOVec, offset: number): Co<number> {
    this.#assertOpen('preadv');
    assertPosition(`${this.name}: preadv`, offset);
    return this.#read(iov, offset);
  }

  override *pwritev(iov: IOVec, offset: number): Co<number> {
    this.#assertOpen('pwritev');
    assertPosition(`${this.name}: pwritev`, offset);
    return this.#memory.write('pwritev', iov, offset, iovSize(iov));
  }

  protected override ioReadv(iov: IOVec): number {
    this.#assertOpen('read');
    const count = this.#read(iov, this.#position);
    this.#position += count;
    return count;
  }

  protected override ioWritev(iov: IOVec): number {
    this.#assertOpen('write');
    const count = this.#memory.write('write', iov, this.#position, iovSize(iov));
    this.#position += count;
    return count;
  }

  protected override ioReady(): boolean {
    return true;
  }

  protected override ioShutdown(): void {
    throw new QIOChannelError('QIO_CHANNEL_UNSUPPORTED', `${this.name}: shutdown: nobody waits in it`);
  }

  protected override ioClose(): void {
    this.#state = 'closed';
    this.#memory.free();
  }

  #read(iov: IOVec, position: number): number {
    return iovFromBuffer(iov, this.data.subarray(position));
  }

  /** Not the end for a reader: an empty buffer looks so, and the bytes that were in it are gone. */
  #assertOpen(operation: string): void {
    if (this.#state === 'open') return;
    throw new QIOChannelError('QIO_CHANNEL_SHUT_DOWN', `${this.name}: ${operation}: it is closed`);
  }
}
