import type { Co } from '@coaio/coroutine';
import { type ExportInfo, NbdUsageError } from '@coaio/nbd-protocol';
import type { ClientCommands } from '../commands/client-commands.js';
import type { BlockStatusOptions, WriteOptions, WriteZeroesOptions } from '../commands/co-nbd-client.js';
import type { RequestOptions } from '../requests/request-options.js';
import type { BlockStatus } from '../requests/status-reply.js';

/** What a client's own thread gets when it attaches: the client's commands, until the view is closed. */
export class OwnCommands implements ClientCommands {
  readonly #commands: ClientCommands;
  #open = true;

  constructor(commands: ClientCommands) {
    this.#commands = commands;
  }

  get info(): ExportInfo {
    return this.#commands.info;
  }

  read(offset: number | bigint, length: number | bigint, options?: RequestOptions): Co<Buffer> {
    return this.#for('read').read(offset, length, options);
  }

  readInto(offset: number | bigint, target: Uint8Array, options?: RequestOptions): Co<void> {
    return this.#for('read').readInto(offset, target, options);
  }

  write(offset: number | bigint, data: Uint8Array, options?: WriteOptions): Co<void> {
    return this.#for('write').write(offset, data, options);
  }

  flush(options?: RequestOptions): Co<void> {
    return this.#for('flush').flush(options);
  }

  trim(offset: number | bigint, length: number | bigint, options?: WriteOptions): Co<void> {
    return this.#for('trim').trim(offset, length, options);
  }

  writeZeroes(offset: number | bigint, length: number | bigint, options?: WriteZeroesOptions): Co<void> {
    return this.#for('writeZeroes').writeZeroes(offset, length, options);
  }

  cache(offset: number | bigint, length: number | bigint, options?: RequestOptions): Co<void> {
    return this.#for('cache').cache(offset, length, options);
  }

  blockStatus(
    offset: number | bigint,
    length: number | bigint,
    options?: BlockStatusOptions,
  ): Co<BlockStatus> {
    return this.#for('blockStatus').blockStatus(offset, length, options);
  }

  /** What is under way is the client's affair. */
  async close(): Promise<void> {
    this.#open = false;
  }

  #for(operation: string): ClientCommands {
    if (this.#open) return this.#commands;
    throw new NbdUsageError('NBD_CLOSED', operation, 'this view of the client was closed');
  }
}
