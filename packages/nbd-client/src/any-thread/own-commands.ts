import type { Co } from '@coaio/coroutine';
import { type ExportInfo, NbdUsageError } from '@coaio/nbd-protocol';
import type { ClientCommands } from '../commands/client-commands.js';
import type { BlockStatusOptions, WriteOptions, WriteZeroesOptions } from '../commands/command-options.js';
import type { ReplySink } from '../requests/reply-sink.js';
import type { RequestOptions } from '../requests/request-options.js';
import type { BlockStatus } from '../requests/status-reply.js';
import type { ChunkSource } from '../sequences/chunk-source.js';
import type { SharedClient } from './shared-client.js';

/** What a client's own thread gets when it attaches: the client's commands, until the view is closed. */
export class OwnCommands implements ClientCommands, ChunkSource {
  readonly #client: SharedClient;
  #open = true;

  constructor(client: SharedClient) {
    this.#client = client;
  }

  get info(): ExportInfo {
    return this.#client.co.info;
  }

  read(offset: number | bigint, length: number | bigint, options?: RequestOptions): Co<Buffer> {
    return this.#clientFor('read').co.read(offset, length, options);
  }

  readInto(offset: number | bigint, target: Uint8Array, options?: RequestOptions): Co<void> {
    return this.#clientFor('read').co.readInto(offset, target, options);
  }

  write(offset: number | bigint, data: Uint8Array, options?: WriteOptions): Co<void> {
    return this.#clientFor('write').co.write(offset, data, options);
  }

  flush(options?: RequestOptions): Co<void> {
    return this.#clientFor('flush').co.flush(options);
  }

  trim(offset: number | bigint, length: number | bigint, options?: WriteOptions): Co<void> {
    return this.#clientFor('trim').co.trim(offset, length, options);
  }

  writeZeroes(offset: number | bigint, length: number | bigint, options?: WriteZeroesOptions): Co<void> {
    return this.#clientFor('writeZeroes').co.writeZeroes(offset, length, options);
  }

  cache(offset: number | bigint, length: number | bigint, options?: RequestOptions): Co<void> {
    return this.#clientFor('cache').co.cache(offset, length, options);
  }

  blockStatus(
    offset: number | bigint,
    length: number | bigint,
    options?: BlockStatusOptions,
  ): Co<BlockStatus> {
    return this.#clientFor('blockStatus').co.blockStatus(offset, length, options);
  }

  readInChunks(
    flags: number,
    offset: number | bigint,
    length: number,
    sink: ReplySink,
    options: RequestOptions | undefined,
  ): Co<void> {
    return this.#clientFor('read').chunks.readInChunks(flags, offset, length, sink, options);
  }

  /** What is under way is the client's affair: nobody waits for it. */
  async close(): Promise<void> {
    this.#open = false;
  }

  #clientFor(operation: string): SharedClient {
    if (this.#open) return this.#client;
    throw new NbdUsageError('NBD_CLOSED', operation, 'this view of the client was closed');
  }
}
