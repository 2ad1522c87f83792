import { coRun } from '@coaio/coroutine';
import { type ExportListing, NbdUsageError } from '@coaio/nbd-protocol';
import { AttachedNbdClient, type AttachOptions } from './any-thread/attached-nbd-client.js';
import type { ClientFacts, NbdClientHandle } from './any-thread/client-handle.js';
import { ClientShare } from './any-thread/client-share.js';
import type { NbdStatistics } from './client-statistics.js';
import { CoNbdClient } from './commands/co-nbd-client.js';
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
import { type ChunkSource, chunksOf } from './sequences/chunk-source.js';
import { PromisedSequences } from './sequences/promised-sequences.js';
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
export class NbdClient extends PromisedSequences<CoNbdClient> {
  readonly #group: ConnectionGroup;
  readonly #plan: ConnectPlan;
  readonly #chunks: ChunkSource;
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
  static connect(target: ConnectTarget): Promise<NbdClient>;
  static async connect(target: ConnectTarget, ...after: unknown[]): Promise<NbdClient> {
    const plan = planConnect(target, 'connect', after);
    return await NbdClient.over(await openFirst(plan), plan);
  }

  /** @internal The client of a connection that is in transmission; makes further ones if `plan` has it so. */
  static async over(opened: Opened, plan: ConnectPlan): Promise<NbdClient> {
    const group = new ConnectionGroup(plan, opened);
    if (plan.connections > 1) await coRun(() => group.widen(), { context: plan.context, name: 'connect' });
    // It may have come in between, when nobody else would have told.
    plan.signal?.throwIfAborted();
    group.assertNotLost('connect');
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
  static info(target: ConnectTarget): Promise<ExportDescription>;
  static async info(target: ConnectTarget, ...after: unknown[]): Promise<ExportDescription> {
    const plan = planConnect(target, 'info', after);
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
    const chunks = chunksOf(group);
    super(new CoNbdClient(group, plan), chunks, plan.context, plan);
    this.#group = group;
    this.#plan = plan;
    this.#chunks = chunks;
    group.listen((event) => this.#share?.tell(event));
  }

  /** What names the client in other threads; plain data for `postMessage` and `workerData`. @throws NbdUsageError `NBD_CLOSED`, if none was made before. */
  get handle(): NbdClientHandle {
    if (this.#share === null) {
      if (this.#closing !== undefined)
        throw new NbdUsageError('NBD_CLOSED', 'handle', 'the client was closed');
      this.#share = new ClientShare({
        co: this.co,
        chunks: this.#chunks,
        context: this.context,
        facts: () => this.#facts(),
      });
    }
    return this.#share.handle;
  }

  override get capabilities(): NbdCapabilities {
    return capabilitiesOf(this.#group.negotiated);
  }

  override get metaContexts(): readonly string[] {
    return this.#group.negotiated.metaContexts.map(({ name }) => name);
  }

  /** What was done so far. */
  get statistics(): NbdStatistics {
    return this.#group.statistics.summary(this.#group.size);
  }

  /**
   * Takes no more commands, waits until those that have begun are done, flushes if something was written since the last
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

  #facts(): ClientFacts {
    const { info, capabilities, metaContexts } = this;
    const { strict, readModifyWrite } = this.#plan;
    return { info, capabilities, metaContexts, strict, readModifyWrite };
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
