import {
  NBD_CMD_BLOCK_STATUS,
  NBD_CMD_CACHE,
  NBD_CMD_FLUSH,
  NBD_CMD_READ,
  NBD_CMD_TRIM,
  NBD_CMD_WRITE,
  NBD_CMD_WRITE_ZEROES,
} from '@coaio/nbd-protocol';

/** Requests that were answered. */
export interface RequestStatistics {
  /** Those that succeeded, by command. */
  readonly read: number;
  readonly write: number;
  readonly flush: number;
  readonly trim: number;
  readonly writeZeroes: number;
  readonly cache: number;
  readonly blockStatus: number;
  /** Those that did not. */
  readonly failed: number;
  /** By reads and writes that succeeded; of holes too, which are sent as such. */
  readonly bytesRead: number;
  readonly bytesWritten: number;
}

/** Of a connection, or of several. */
export class RequestCounts {
  readonly #commands = new Float64Array(NBD_CMD_BLOCK_STATUS + 1);
  #failed = 0;
  #bytesRead = 0;
  #bytesWritten = 0;

  succeeded(type: number, bytes: number): void {
    (this.#commands[type] as number)++;
    if (type === NBD_CMD_READ) this.#bytesRead += bytes;
    else if (type === NBD_CMD_WRITE) this.#bytesWritten += bytes;
  }

  failed(): void {
    this.#failed++;
  }

  add(other: RequestCounts): void {
    for (const [type, count] of other.#commands.entries()) (this.#commands[type] as number) += count;
    this.#failed += other.#failed;
    this.#bytesRead += other.#bytesRead;
    this.#bytesWritten += other.#bytesWritten;
  }

  get statistics(): RequestStatistics {
    const of = (type: number): number => this.#commands[type] as number;
    return {
      read: of(NBD_CMD_READ),
      write: of(NBD_CMD_WRITE),
      flush: of(NBD_CMD_FLUSH),
      trim: of(NBD_CMD_TRIM),
      writeZeroes: of(NBD_CMD_WRITE_ZEROES),
      cache: of(NBD_CMD_CACHE),
      blockStatus: of(NBD_CMD_BLOCK_STATUS),
      failed: this.#failed,
      bytesRead: this.#bytesRead,
      bytesWritten: this.#bytesWritten,
    };
  }
}
