import type { Readable, Writable } from 'node:stream';
import { coRun } from '@coaio/coroutine';
import { type ExportInfo, type ExportListing, NbdUsageError } from '@coaio/nbd-protocol';
import { AttachedNbdClient, type AttachOptions } from './any-thread/attached-nbd-client.js';
import type { NbdClientHandle } from './any-thread/client-handle.js';
import { ClientShare } from './any-thread/client-share.js';
import type { NbdStatistics } from './client-statistics.js';
import { CoNbdClient } from './commands/co-nbd-client.js';
import { PromisedCommands } from './commands/promised-commands.js';
import { capabilitiesOf, type NbdCapabilities } from './nbd-capabilities.js';
import { ConnectionLostError } from './nbd-client-error.js';
import type { ConnectTarget } from './nbd-client-options.js';
import { type ConnectPlan, planConnect } from './negotiation/connect-plan.js';
import {
  type DescribedListing,
  describeExport,
  describeExports,
  type ExportDescription,
  listExports,
} from './negotiation/describe-exports.js';
import { lookAt } from './negotiation/look-at.js';
import type { Opened } from './negotiation/open-connection.js';
import { boolean, checkOptions } from './option-checks.js';
import { ConnectionGroup } from './reconnect/connection-group.js';
import { openFirst } from './reconnect/open-first.js';
import { EndingWrites } from './sequences/ending-writes.js';
import type { Extent } from './sequences/extent.js';
import { type ExtentsOptions, extentsOf } from './sequences/extents.js';
import { NbdReadStream, type ReadStreamOptions } from './sequences/nbd-read-stream.js';
import { NbdWriteStream, type WriteStreamOptions } from './sequences/nbd-write-stream.js';
import { ReadChunks, type ReadChunksOptions } from './sequences/read-chunks.js';
import type { ReadChunk } from './sequences/read-chunks-reply.js';
import { startTimer } from './start-timer.js';

/**
 * A client of one export. Any number of requests may be in flight; each settles once, in whatever order the server
 * answers. When the connection is lost, all in flight reject with `NBD_CONNECTION_LOST`, and so does every later one, unless the
 * option `reconnectDelayMs` has it made again, or other `connections` live on.
 *
 * Offsets are bytes, as safe integers or bigints. A buffer belongs to the client until its request has settled.
 *
 * @thread home: used by the thread that connected it. Another thread gets a view of it, with its {@link handle}.
 */
export class NbdClient extends PromisedCommands<CoNbdClient> {
  readonly #group: ConnectionGroup;
  readonly #plan: ConnectPlan;
  readonly #chunks: ReadChunks;
  readonly #ending = new EndingWrites();
  #closing: Promise<void> | undefined;
  #share: ClientShare | null = null;

  /**
   * Connects to an export.
   *
   * @throws NbdUsageError: a bad URI or option. ConnectionLostError: `NBD_CONNECT_FAILED` (its `cause` has the system's
   * `errno`), `NBD_TIMEOUT`. NbdTlsError: the server is not to be trusted, or does not trust us. NbdOptionRefusedError: the
   * server does not give the export, or no TLS, e.g. `NBD_EXPORT_UNKNOWN`, `NBD_TLS_UNAVAILABLE`. NbdProtocolError: it is
   * no NBD server, or a faulty one. The signal's reason, when that was aborted.
   */
  static async connect(target: ConnectTarget): Promise<NbdClient> {
    const plan = planConnect(target);
    return await NbdClient.over(await openFirst(plan), plan);
  }

  /** @internal The client of a connection that is in transmission; makes further ones if `plan` has it so. */
  static async over(opened: Opened, plan: ConnectPlan): Promise<NbdClient> {
    const group = new ConnectionGroup(plan, opened);
    if (plan.connections > 1) await coRun(() => group.widen(), { context: plan.context, name: 'connect' });
    // It may have come in between, when nobody else would have told.
    plan.signal?.throwIfAborted();
    return new NbdClient(group, plan);
  }

  /**
   * The exports that the server tells of (`NBD_OPT_LIST`), with `describe` each with what `NBD_OPT_INFO` says of it, and the
   * contexts that it has: or with the `error` that keeps it out of reach. Throws as {@link connect} does.
   */
  static list(target: ConnectTarget, options: { describe: true }): Promise<readonly DescribedListing[]>;
  static list(target: ConnectTarget, options?: { describe?: boolean }): Promise<readonly ExportListing[]>;
  static async list(
    target: ConnectTarget,
    options: { describe?: boolean } = {},
  ): Promise<readonly ExportListing[]> {
    checkOptions('list', '', { describe: boolean }, options);
    const plan = planConnect(target, 'list');
    if (options.describe !== true) return await lookAt(plan, 'list', listExports);
    return await lookAt(plan, 'options', (exchange) => describeExports(exchange, plan));
  }

  /**
   * What the server tells of an export (`NBD_OPT_INFO`), and the contexts that it has (`NBD_OPT_LIST_META_CONTEXT`), without
   * opening it. Throws as {@link connect} does; `NBD_UNSUPPORTED`: the server can only be asked by connecting.
   */
  static async info(target: ConnectTarget): Promise<ExportDescription> {
    const plan = planConnect(target, 'info');
    return await lookAt(plan, 'options', (exchange) => describeExport(exchange, plan));
  }

  /**
   * The client that `handle` names, for use in this thread.
   *
   * @throws NbdUsageError `NBD_BAD_HANDLE`; `NBD_CLOSED`; `NBD_TOO_MANY_VIEWS`: it has 62 of them. AioContextError `AIO_BAD_HANDLE`,
   * `AIO_OTHER_MEMORY`.
   */
  static attach(handle: NbdClientHandle, options?: AttachOptions): AttachedNbdClient {
    return new AttachedNbdClient(handle, options);
  }

  private constructor(group: ConnectionGroup, plan: ConnectPlan) {
    super(new CoNbdClient(group, plan.strict, plan.readModifyWrite, plan.clock), plan.context);
    this.#group = group;
    this.#plan = plan;
    this.#chunks = new ReadChunks(group, plan.context, plan.strict);
  }

  /** What names the client in other threads; plain data for `postMessage` and `workerData`. @throws NbdUsageError `NBD_CLOSED`, if none was made before. */
  get handle(): NbdClientHandle {
    if (this.#share === null) {
      if (this.#closing !== undefined)
        throw new NbdUsageError('NBD_CLOSED', 'handle', 'the client was closed');
      const { co, structuredReplies } = this;
      this.#share = new ClientShare({ co, structuredReplies, context: this.context });
    }
    return this.#share.handle;
  }

  /** What the handshake said of the export; after a reconnect that `onExportChanged` accepted, the last one. */
  get info(): ExportInfo {
    return this.co.info;
  }

  /** What can be asked of the export, on this connection. */
  get capabilities(): NbdCapabilities {
    return capabilitiesOf(this.#group.negotiated);
  }

  /** Whether errors come with the server's words, and holes without their zeroes. */
  get structuredReplies(): boolean {
    return this.#group.negotiated.structuredReplies;
  }

  /** Names of the metadata contexts that block status reports on. */
  get metaContexts(): readonly string[] {
    return this.#group.negotiated.metaContexts.map(({ name }) => name);
  }

  /** What was done so far. */
  get statistics(): NbdStatistics {
    return this.#group.statistics.summary(this.#group.size);
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
    const { readModifyWrite, strict } = this.#plan;
    const aligns = !readModifyWrite && strict?.alignment !== false;
    return new NbdWriteStream(this, aligns, this.#ending, options);
  }

  /**
   * Takes no more requests, waits for the answers to those in flight, flushes if something was written since the last
   * flush, and disconnects (`NBD_CMD_DISC`). What is not answered within `closeTimeoutMs` fails. Again is no error.
   *
   * @throws what the flush threw, or `NBD_NOT_FLUSHED` when a connection ended before there could be one: the data
   * may not be on stable storage. The client is closed all the same.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(): Promise<void> {
    const { closeTimeoutMs, clock } = this.#plan;
    const timer = startTimer(this.context, clock, closeTimeoutMs, () =>
      this.#group.fail(
        new ConnectionLostError(
          'close',
          `no answer after ${closeTimeoutMs} ms (closeTimeoutMs)`,
          'NBD_TIMEOUT',
        ),
      ),
    );
    try {
      await coRun(() => this.#group.disconnect(), { context: this.context, name: 'close' });
    } finally {
      timer?.del();
      this.#share?.close();
    }
  }
}
