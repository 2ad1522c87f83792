import type { Co } from '@coaio/coroutine';
import { type ExportInfo, NbdUsageError } from '@coaio/nbd-protocol';
import type { WriteOptions } from '../co-nbd-client.js';
import type { RequestOptions } from '../requests/request-options.js';
import type { ClientCommands } from './client-commands.js';

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

  read(offset: number | bigint, length: number, options?: RequestOptions): Co<Buffer> {
    return this.#of('read').read(offset, length, options);
  }

  readInto(offset: number | bigint, target: Uint8Array, options?: RequestOptions): Co<void> {
    return this.#of('read').readInto(offset, target, options);
  }

  write(offset: number | bigint, data: Uint8Array, options?: WriteOptions & RequestOptions): Co<void> {
    return this.#of('write').write(offset, data, options);
  }

  flush(options?: RequestOptions): Co<void> {
    return this.#of('flush').flush(options);
  }

  /** What is under way is the client's affair. */
  async close(): Promise<void> {
    this.#open = false;
  }

  #of(operation: string): ClientCommands {
    if (this.#open) return this.#commands;
    throw new NbdUsageError('NBD_CLOSED', operation, 'this view of the client was closed');
  }
}
