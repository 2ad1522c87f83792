import { AioContext, getCurrentAioContext, realtimeClock } from '@coaio/aio-context';
import { coRun } from '@coaio/coroutine';
import type { ExportInfo, ExportListing } from '@coaio/nbd-protocol';
import { CoNbdClient, type WriteOptions } from './co-nbd-client.js';
import { Connection } from './connection.js';
import { ConnectionLostError } from './nbd-client-error.js';
import { type ConnectPlan, type NbdClientOptions, planConnect } from './nbd-client-options.js';
import { openConnection } from './negotiation/open-connection.js';
import { startTimer } from './start-timer.js';

/**
 * A client of one export. Any number of requests may be in flight; each settles once, in whatever order the server
 * answers. When the connection is lost, all in flight reject with `NBD_CONNECTION_LOST`, and so does every later one.
 *
 * Offsets are bytes, as safe integers or bigints. A buffer belongs to the client until its request has settled.
 *
 * @thread home: used by the thread that connected it.
 */
export class NbdClient {
  /** The same commands for use inside coroutines. */
  readonly co: CoNbdClient;
  readonly #connection: Connection;
  readonly #context: AioContext;
  readonly #plan: ConnectPlan;
  #closing: Promise<void> | undefined;

  /**
   * Connects to an export.
   *
   * @throws NbdUsageError: a bad URI or option. ConnectionLostError: `NBD_CONNECT_FAILED` (its `cause` has the system's
   * `errno`), `NBD_TIMEOUT`. NbdOptionRefusedError: the server does not give the export, e.g. `NBD_EXPORT_UNKNOWN`.
   * NbdProtocolError: it is no NBD server, or a faulty one. The signal's reason, when that was aborted.
   */
  static async connect(target: string | NbdClientOptions): Promise<NbdClient> {
    const plan = planConnect(target);
    const { signal, clock = realtimeClock } = plan.options;
    const context = contextFor(plan);
    const { channel, event, rest } = await openConnection(plan, 'go', context);
    if (event.type !== 'ready') throw new Error(`handshake ended with ${event.type}`);
    const { export: info, structuredReplies } = event;
    const negotiated = { export: info, structuredReplies, rest };
    const connection = new Connection(channel, negotiated, { context, clock, signal });
    if (signal?.aborted === true) {
      // Between the two: nobody was listening.
      connection.fail(signal.reason);
      throw signal.reason;
    }
    return new NbdClient(connection, context, plan);
  }

  /** The exports that the server tells of (`NBD_OPT_LIST`). Throws as {@link connect} does. */
  static async list(target: string | NbdClientOptions): Promise<readonly ExportListing[]> {
    const plan = planConnect(target);
    const { channel, event } = await openConnection(plan, 'list', contextFor(plan));
    channel.close();
    if (event.type !== 'list') throw new Error(`handshake ended with ${event.type}`);
    return event.exports;
  }

  private constructor(connection: Connection, context: AioContext, plan: ConnectPlan) {
    this.#connection = connection;
    this.#context = context;
    this.#plan = plan;
    this.co = new CoNbdClient(connection, plan.options.strict);
  }

  /** What the handshake said of the export. */
  get info(): ExportInfo {
    return this.co.info;
  }

  /** Whether errors come with the server's words, and holes without their zeroes. */
  get structuredReplies(): boolean {
    return this.#connection.structuredReplies;
  }

  /** Reads `length` bytes at `offset` (`NBD_CMD_READ`). */
  read(offset: number | bigint, length: number): Promise<Buffer> {
    return coRun(() => this.co.read(offset, length), { context: this.#context });
  }

  /** Fills `target` with what is at `offset`, without a copy of its own for large reads. */
  readInto(offset: number | bigint, target: Uint8Array): Promise<void> {
    return coRun(() => this.co.readInto(offset, target), { context: this.#context });
  }

  /** Writes `data` at `offset` (`NBD_CMD_WRITE`). `data` must not change until it is done. */
  write(offset: number | bigint, data: Uint8Array, options?: WriteOptions): Promise<void> {
    return coRun(() => this.co.write(offset, data, options), { context: this.#context });
  }

  /** Puts on stable storage all writes that were answered before it was called (`NBD_CMD_FLUSH`). */
  flush(): Promise<void> {
    return coRun(() => this.co.flush(), { context: this.#context });
  }

  /**
   * Takes no more requests, waits for the answers to those in flight, flushes if something was written since the last
   * flush, and disconnects (`NBD_CMD_DISC`). What is not answered within `closeTimeoutMs` fails. Again is no error.
   *
   * @throws what the flush threw, or `NBD_NOT_FLUSHED` when the connection ended before there could be one: the data
   * may not be on stable storage. The connection is closed all the same.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(): Promise<void> {
    const { closeTimeoutMs, options } = this.#plan;
    const timer = startTimer(this.#context, options.clock ?? realtimeClock, closeTimeoutMs, () =>
      this.#connection.fail(
        new ConnectionLostError(
          'close',
          `no answer after ${closeTimeoutMs} ms (closeTimeoutMs)`,
          'NBD_TIMEOUT',
        ),
      ),
    );
    try {
      await coRun(() => this.co.disconnect(), { context: this.#context, name: 'close' });
    } finally {
      timer?.del();
    }
  }
}

function contextFor(plan: ConnectPlan): AioContext {
  return plan.options.context ?? getCurrentAioContext() ?? new AioContext({ name: 'nbd-client' });
}
