import type { Co } from '@coaio/coroutine';
import type { BlockSize } from '@coaio/nbd-protocol';

/** What a backend's function gives back: nothing when its work is done, a promise, or a coroutine to run. */
export type NbdWork<T = void> = T | PromiseLike<T> | Co<T>;

export interface NbdReadOptions {
  /** NBD_CMD_FLAG_FUA: what is read must be on stable storage before. */
  readonly fua: boolean;
}

export interface NbdWriteOptions {
  /** NBD_CMD_FLAG_FUA: the write is not done before its data is on stable storage. */
  readonly fua: boolean;
}

export interface NbdZeroOptions extends NbdWriteOptions {
  /** Whether the range may be left without storage; not with NBD_CMD_FLAG_NO_HOLE. */
  readonly mayTrim: boolean;
  /** NBD_CMD_FLAG_FAST_ZERO: fail with `ENOTSUP`, having done nothing, if this takes as long as a write of zeroes. */
  readonly fast: boolean;
}

/** A stretch of the export and its status in one metadata context. */
export interface NbdExtent {
  /** Bytes, more than 0. The last extent of an answer may reach past the end of the request. */
  readonly length: number;
  /** For `base:allocation` NBD_STATE_HOLE and NBD_STATE_ZERO; else what the context says it means. */
  readonly status: number | bigint;
}

export interface NbdExtentOptions {
  /** NBD_CMD_FLAG_REQ_ONE: the first extent is enough. */
  readonly one: boolean;
}

/**
 * An array, or anything that gives them one after another: a generator, an async one. No more are asked for than go into the reply, then `return()` is
 * called.
 */
export type NbdExtentSource = Iterable<NbdExtent> | AsyncIterable<NbdExtent>;

/** Extents of the range, in order, from its start on; fewer are allowed, none is not. */
export type NbdExtents = (
  offset: number,
  length: number,
  options: NbdExtentOptions,
) => NbdWork<NbdExtentSource>;

/**
 * What an export is made of. The server calls it with ranges that lie within `size`, never empty, several at a time
 * and in no particular order.
 *
 * What returns nothing has done its work; what returns a promise has done it when that resolves; a coroutine (a generator of
 * `@coaio/coroutine`) is run in the connection's context. Each may fail with an error whose `code` is the system's name for the
 * cause (`EIO`, `ENOSPC`, `EPERM`, ...); the client gets that and the message. Optional members decide what the export offers.
 */
export interface NbdBackend {
  /** Bytes; read when the export is added, and again by `NbdServer.resizeExport`. */
  readonly size: bigint | number;
  readonly readOnly?: boolean;
  /** Default: minimum 1, preferred 4096, maximum 32 MiB, which is also the most. */
  readonly blockSize?: BlockSize;
  /** NBD_FLAG_ROTATIONAL. */
  readonly rotational?: boolean;
  /** NBD_FLAG_SEND_FAST_ZERO: {@link writeZeroes} honours `fast`. */
  readonly canFastZero?: boolean;

  /** Fills `target`. */
  read(offset: number, target: Uint8Array, options: NbdReadOptions): NbdWork;

  /**
   * Memory of the backend that holds these bytes now: sent from there, without {@link read} and without a copy. It may
   * still be written to, the client gets the old or the new bytes. Null: use {@link read} for this range.
   */
  view?(offset: number, length: number): Uint8Array | null;

  /** Takes `data`, which is the backend's until its work is done. Without this method the export is read-only. */
  write?(offset: number, data: Uint8Array, options: NbdWriteOptions): NbdWork;

  /**
   * Memory of the backend that a payload may be received into instead of calling {@link write}, for backends that are their memory.
   * Those of a payload of 160 KiB or more arrive one after another, and may stop in the middle. None comes there once the export was resized
   * or drained: that payload goes by way of {@link write}, if it still fits. Null: use {@link write} for this range.
   */
  landing?(offset: number, length: number): Uint8Array | null;

  /** Puts what has been written on stable storage. Leave it out if that is where writes go anyway. */
  flush?(): NbdWork;

  /** NBD_CMD_TRIM: the contents are needed no more, and read as anything. */
  trim?(offset: number, length: number, options: NbdWriteOptions): NbdWork;

  /** NBD_CMD_WRITE_ZEROES. */
  writeZeroes?(offset: number, length: number, options: NbdZeroOptions): NbdWork;

  /** NBD_CMD_CACHE: will be read soon. */
  cache?(offset: number, length: number): NbdWork;

  /** `base:allocation`. Without it all is reported as data. */
  extents?: NbdExtents;

  /** Further metadata contexts by name, e.g. `example:dirty`. */
  readonly metaContexts?: ReadonlyMap<string, NbdExtents>;

  /** The server uses it no more: the last export made of it is gone. */
  close?(): void | PromiseLike<void>;
}
