import type { AioContext } from '@coaio/aio-context';
import { type Co, coRun } from '@coaio/coroutine';
import type { RequestOptions } from '../requests/request-options.js';
import type { BlockStatus } from '../requests/status-reply.js';
import type { ClientCommands } from './client-commands.js';
import type { BlockStatusOptions, WriteOptions, WriteZeroesOptions } from './command-options.js';

/** The commands of a client, or of another thread's view of one, as promises. */
export abstract class PromisedCommands<Commands extends ClientCommands> {
  /** The same commands for use inside coroutines. */
  readonly co: Commands;
  /** @internal Where their coroutines run. */
  protected readonly context: AioContext;

  /** @internal */
  protected constructor(co: Commands, context: AioContext) {
    this.co = co;
    this.context = context;
  }

  /**
   * Reads `length` bytes at `offset` (`NBD_CMD_READ`). `NBD_TOO_LARGE`: more than fits into a buffer.
   *
   * All requests throw: NbdUsageError, and nothing was sent; NbdServerError: the server refuses this one; NbdTimeoutError; the
   * signal's reason; ConnectionLostError `NBD_CONNECTION_LOST`.
   */
  read(offset: number | bigint, length: number | bigint, options?: RequestOptions): Promise<Buffer> {
    return this.#run(() => this.co.read(offset, length, options));
  }

  /** Fills `target` with what is at `offset`, without a copy of its own for large reads. */
  readInto(offset: number | bigint, target: Uint8Array, options?: RequestOptions): Promise<void> {
    return this.#run(() => this.co.readInto(offset, target, options));
  }

  /** Writes `data` at `offset` (`NBD_CMD_WRITE`). `data` must not change until it is done. */
  write(offset: number | bigint, data: Uint8Array, options?: WriteOptions): Promise<void> {
    return this.#run(() => this.co.write(offset, data, options));
  }

  /** Puts on stable storage all writes that were answered before it was called (`NBD_CMD_FLUSH`), on all connections. */
  flush(options?: RequestOptions): Promise<void> {
    return this.#run(() => this.co.flush(options));
  }

  /** Says that the contents are not needed any more (`NBD_CMD_TRIM`): of whole blocks, and it is a hint. */
  trim(offset: number | bigint, length: number | bigint, options?: WriteOptions): Promise<void> {
    return this.#run(() => this.co.trim(offset, length, options));
  }

  /** Has the range read as zeroes (`NBD_CMD_WRITE_ZEROES`). */
  writeZeroes(offset: number | bigint, length: number | bigint, options?: WriteZeroesOptions): Promise<void> {
    return this.#run(() => this.co.writeZeroes(offset, length, options));
  }

  /** Says that the range will be read soon (`NBD_CMD_CACHE`). */
  cache(offset: number | bigint, length: number | bigint, options?: RequestOptions): Promise<void> {
    return this.#run(() => this.co.cache(offset, length, options));
  }

  /**
   * Extents from `offset` on, by metadata context (`NBD_CMD_BLOCK_STATUS`). A server may tell of less than `length` bytes, and in
   * each context of as much as it likes: {@link extents} goes on by itself.
   *
   * @throws NbdUsageError `NBD_NOT_OFFERED`: the server has no such context.
   */
  blockStatus(
    offset: number | bigint,
    length: number | bigint,
    options?: BlockStatusOptions,
  ): Promise<BlockStatus> {
    return this.#run(() => this.co.blockStatus(offset, length, options));
  }

  #run<T>(command: () => Co<T>): Promise<T> {
    return coRun(command, { context: this.context });
  }
}
