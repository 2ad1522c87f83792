import type { Co } from '@coaio/coroutine';
import {
  type ExportInfo,
  NBD_CMD_BLOCK_STATUS,
  NBD_CMD_CACHE,
  NBD_CMD_FLUSH,
  NBD_CMD_READ,
  NBD_CMD_TRIM,
  NBD_CMD_WRITE,
  NBD_CMD_WRITE_ZEROES,
  NbdUsageError,
} from '@coaio/nbd-protocol';
import { bufferOf } from '../commands/buffer-of.js';
import type { ClientCommands } from '../commands/client-commands.js';
import { asNumber } from '../commands/co-nbd-client.js';
import type { BlockStatusOptions, WriteOptions, WriteZeroesOptions } from '../commands/command-options.js';
import { assertBytes, checkRange } from '../commands/validate-request.js';
import type { NbdOperation } from '../nbd-client-error.js';
import type { ReplySink } from '../requests/reply-sink.js';
import { checkRequestOptions, type RequestOptions } from '../requests/request-options.js';
import type { BlockStatus } from '../requests/status-reply.js';
import type { ChunkSource } from '../sequences/chunk-source.js';
import type { ClientView } from './client-view.js';
import { encodeContexts, flagsOf } from './command-words.js';
import { fromCrossedError } from './crossed-error.js';
import { IN_CHUNKS } from './layout.js';
import { type RecordedRead, replay } from './recorded-read.js';

/**
 * The commands of another thread's client. Whether they can be done, that thread says; here is seen to only what could not be
 * written in a request's words.
 */
export class AttachedCommands implements ClientCommands, ChunkSource {
  readonly #view: ClientView;

  constructor(view: ClientView) {
    this.#view = view;
  }

  get info(): ExportInfo {
    return this.#view.handle.info;
  }

  *read(offset: number | bigint, length: number | bigint, options?: RequestOptions): Co<Buffer> {
    const count = asNumber(length);
    check('read', offset, count, options);
    const buffer = allocated(count, this.info);
    yield* this.#view.call(NBD_CMD_READ, 0, offset, count, buffer, options);
    return buffer;
  }

  readInto(offset: number | bigint, target: Uint8Array, options?: RequestOptions): Co<void> {
    assertBytes('read', target);
    check('read', offset, target.length, options);
    return this.#done(NBD_CMD_READ, offset, target.length, target, options);
  }

  write(offset: number | bigint, data: Uint8Array, options?: WriteOptions): Co<void> {
    assertBytes('write', data);
    check('write', offset, data.length, options);
    return this.#done(NBD_CMD_WRITE, offset, data.length, data, options);
  }

  flush(options?: RequestOptions): Co<void> {
    check('flush', 0, 0, options);
    return this.#done(NBD_CMD_FLUSH, 0, 0, null, options);
  }

  trim(offset: number | bigint, length: number | bigint, options?: WriteOptions): Co<void> {
    const count = asNumber(length);
    check('trim', offset, count, options);
    return this.#done(NBD_CMD_TRIM, offset, count, null, options);
  }

  writeZeroes(offset: number | bigint, length: number | bigint, options?: WriteZeroesOptions): Co<void> {
    const count = asNumber(length);
    check('writeZeroes', offset, count, options);
    return this.#done(NBD_CMD_WRITE_ZEROES, offset, count, null, options);
  }

  cache(offset: number | bigint, length: number | bigint, options?: RequestOptions): Co<void> {
    const count = asNumber(length);
    check('cache', offset, count, options);
    return this.#done(NBD_CMD_CACHE, offset, count, null, options);
  }

  blockStatus(
    offset: number | bigint,
    length: number | bigint,
    options?: BlockStatusOptions,
  ): Co<BlockStatus> {
    const count = asNumber(length);
    check('blockStatus', offset, count, options);
    const contexts = options?.contexts === undefined ? null : encodeContexts(options.contexts);
    const flags = flagsOf(options);
    return this.#view.call(NBD_CMD_BLOCK_STATUS, flags, offset, count, contexts, options) as Co<BlockStatus>;
  }

  /** All of a reply comes at once: what there is of one that is cut off, nobody has seen. */
  *readInChunks(
    flags: number,
    offset: number | bigint,
    length: number,
    sink: ReplySink,
    options: RequestOptions | undefined,
  ): Co<void> {
    const answer = yield* this.#view.read(flags | IN_CHUNKS, offset, length, options, (recorded, memory) =>
      replay(recorded as RecordedRead, memory, sink),
    );
    const { refusal } = answer as RecordedRead;
    if (refusal !== null) throw fromCrossedError(refusal);
  }

  close(): Promise<void> {
    return this.#view.close();
  }

  /** Of a command whose answer is that it is done. */
  #done(
    command: number,
    offset: number | bigint,
    length: number,
    buffer: Uint8Array | null,
    options: WriteZeroesOptions | undefined,
  ): Co<void> {
    return this.#view.call(command, flagsOf(options), offset, length, buffer, options) as Co<void>;
  }
}

function check(
  operation: NbdOperation,
  offset: number | bigint,
  length: number,
  options: RequestOptions | undefined,
): void {
  checkRange(operation, offset, length);
  if (options !== undefined) checkRequestOptions(operation, options);
}

/** Where Node has no limit of its own, a thread that asks for too much memory is ended. */
function allocated(length: number, { size }: ExportInfo): Buffer {
  if (length > size) {
    const detail = `${length} bytes go past the end of the export at ${size}`;
    throw new NbdUsageError('NBD_OUT_OF_BOUNDS', 'read', detail);
  }
  return bufferOf(length);
}
