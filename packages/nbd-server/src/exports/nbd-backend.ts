import type { BlockSize } from '@coaio/nbd-protocol';

export interface NbdWriteOptions {
  /** NBD_CMD_FLAG_FUA: the write is not done before its data is on stable storage. */
  readonly fua: boolean;
}

/**
 * What an export is made of. The server calls it with ranges that lie within `size`, never empty, several at a time
 * and in no particular order.
 *
 * What returns nothing has done its work; what returns a promise has done it when that resolves. Either may fail with
 * an error whose `code` is the system's name for the cause (`EIO`, `ENOSPC`, `EPERM`, ...); the client gets that and
 * the message.
 */
export interface NbdBackend {
  /** Bytes; read once, when the export is added. */
  readonly size: bigint | number;
  readonly readOnly?: boolean;
  /** Default: minimum 1, preferred 4096, maximum 32 MiB, which is also the most. */
  readonly blockSize?: BlockSize;

  /** Fills `target`. */
  read(offset: number, target: Uint8Array): void | PromiseLike<void>;

  /**
   * Memory of the backend that holds these bytes now: sent from there, without {@link read} and without a copy. It may
   * still be written to, the client gets the old or the new bytes.
   */
  view?(offset: number, length: number): Uint8Array;

  /** Takes `data`, which is the backend's until its work is done. Without this method the export is read-only. */
  write?(offset: number, data: Uint8Array, options: NbdWriteOptions): void | PromiseLike<void>;

  /** Puts what has been written on stable storage. Leave it out if that is where writes go anyway. */
  flush?(): void | PromiseLike<void>;

  /** The server uses it no more: the last export made of it is gone. */
  close?(): void | PromiseLike<void>;
}
