import type { Readable, Writable } from 'node:stream';
import type { AioContext } from '@coaio/aio-context';
import type { ExportInfo } from '@coaio/nbd-protocol';
import type { ClientCommands } from '../commands/client-commands.js';
import { PromisedCommands } from '../commands/promised-commands.js';
import type { StrictOptions } from '../commands/validate-request.js';
import type { NbdCapabilities } from '../nbd-capabilities.js';
import type { ChunkSource } from './chunk-source.js';
import { EndingWrites } from './ending-writes.js';
import type { Extent } from './extent.js';
import { type ExtentsOptions, extentsOf } from './extents.js';
import { NbdReadStream, type ReadStreamOptions } from './nbd-read-stream.js';
import { NbdWriteStream, type WriteStreamOptions } from './nbd-write-stream.js';
import { ReadChunks, type ReadChunksOptions } from './read-chunks.js';
import type { ReadChunk } from './read-chunks-reply.js';

/** How a client treats what is not aligned. */
export interface AlignmentRules {
  readonly strict: StrictOptions | undefined;
  readonly readModifyWrite: boolean;
}

/** What a client, or another thread's view of one, does by many commands. */
export abstract class PromisedSequences<Commands extends ClientCommands> extends PromisedCommands<Commands> {
  readonly #chunks: ReadChunks;
  /** A stream's cut blocks are its own affair. */
  readonly #aligns: boolean;
  readonly #ending = new EndingWrites();

  /** @internal */
  protected constructor(co: Commands, chunks: ChunkSource, context: AioContext, rules: AlignmentRules) {
    super(co, context);
    this.#chunks = new ReadChunks(chunks, context, rules.strict);
    this.#aligns = !rules.readModifyWrite && rules.strict?.alignment !== false;
  }

  /** What the handshake said of the export; after a reconnect that `onExportChanged` accepted, the last one. */
  get info(): ExportInfo {
    return this.co.info;
  }

  /** What can be asked of the export, on this connection. */
  abstract get capabilities(): NbdCapabilities;

  /** Names of the metadata contexts that block status reports on. */
  abstract get metaContexts(): readonly string[];

  /** Whether errors come with the server's words, and holes without their zeroes. */
  get structuredReplies(): boolean {
    return this.capabilities.structuredReplies;
  }

  /**
   * The extents of a range from its start to its end, each as long as no context changes, across all that the server
   * says in one answer. It asks for the next answer while the last one is used up. Without contexts all of it is one extent of data.
   * Limits in time are of each answer.
   *
   * @throws while it is iterated, as {@link blockStatus}; NbdUsageError `NBD_NOT_OFFERED`: a context of `contexts` was not
   * negotiated, `NBD_TOO_LARGE`: the range goes past 2^53; NbdProtocolError `NBD_BAD_REPLY`: an answer that leads nowhere.
   */
  extents(options?: ExtentsOptions): AsyncGenerator<Extent, void, undefined> {
    return extentsOf(this, options);
  }

  /**
   * Reads a range and gives out what comes as it comes: data, holes without their zeroes, errors. Each byte is in one chunk
   * of type `data`, `hole` or `unread`. What the server cannot read ends nothing. Unless it says where the error is, it is asked again for
   * halves of what did not come, down to sectors (512 bytes, or its minimum), as long as no more than 64 requests fail on the way; then an
   * `error` chunk says why, and `unread` ones what did not come. Requests are of at most `chunkSize`, and their chunks come request by
   * request, in the server's order within one. Two are under way or not taken yet, no more; to leave early gives them up.
   *
   * Without structured replies an answer is one chunk of data, or an error.
   *
   * @throws while it is iterated, what ends more than one request: NbdUsageError, ConnectionLostError, NbdTimeoutError
   * (`timeoutMs` is of each request), the signal's reason.
   */
  readChunks(
    offset: number | bigint,
    length: number | bigint,
    options?: ReadChunksOptions,
  ): AsyncGenerator<ReadChunk, void, undefined> {
    return this.#chunks.of(offset, length, options);
  }

  /**
   * A stream of the bytes from `start` up to `end`, in order, read with several requests at once. It fails as {@link read} does;
   * destroying it gives up what is under way.
   *
   * @throws NbdUsageError `NBD_BAD_ARGUMENT`, `NBD_OUT_OF_BOUNDS`.
   */
  readStream(options?: ReadStreamOptions): Readable {
    return new NbdReadStream(this, options);
  }

  /**
   * A stream that writes to the export from `start` up to `end`, with several requests at once. What is written to it is copied, and joined to
   * requests of `chunkSize`. A block of the server's minimum size that is cut by either end is read, changed and written: nobody else may
   * write to it meanwhile. `finish` comes when all has been written and flushed. It fails as {@link write} does, and then some of what came
   * later may have been written. Destroyed, it sends nothing more, and `error` and `close` come when the server has answered what it
   * sent, or the connection or the time of those requests is over. `pipeline` does not wait for that when its source fails: another
   * write stream of this client does, for other writes await `close`.
   *
   * @throws NbdUsageError `NBD_BAD_ARGUMENT`, `NBD_OUT_OF_BOUNDS`.
   */
  writeStream(options?: WriteStreamOptions): Writable {
    return new NbdWriteStream(this, this.#aligns, this.#ending, options);
  }
}
