import type { AioContext } from '@coaio/aio-context';
import { type Co, coRun } from '@coaio/coroutine';
import type { ClientGoal, ExportInfo, ExportListing } from '@coaio/nbd-protocol';
import { CoNbdClient, type WriteOptions } from './co-nbd-client.js';
import { Connection } from './connection.js';
import { ConnectionLostError } from './nbd-client-error.js';
import type { NbdClientOptions } from './nbd-client-options.js';
import { type ConnectPlan, planConnect } from './negotiation/connect-plan.js';
import {
  type DescribedListing,
  describeExport,
  describeExports,
  type ExportDescription,
  listExports,
} from './negotiation/describe-exports.js';
import type { HandshakeExchange } from './negotiation/handshake-exchange.js';
import { type Opened, openConnection, openExchange } from './negotiation/open-connection.js';
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
   * `errno`), `NBD_TIMEOUT`. NbdTlsError: the server is not to be trusted, or does not trust us. NbdOptionRefusedError: the
   * server does not give the export, or no TLS, e.g. `NBD_EXPORT_UNKNOWN`, `NBD_TLS_UNAVAILABLE`. NbdProtocolError: it is
   * no NBD server, or a faulty one. The signal's reason, when that was aborted.
   */
  static async connect(target: string | NbdClientOptions): Promise<NbdClient> {
    const plan = planConnect(target);
    return NbdClient.over(await openConnection(plan, plan.signal), plan);
  }

  /** @internal The client of a connection that is in transmission. */
  static over({ channel, negotiated }: Opened, plan: ConnectPlan): NbdClient {
    const { context, clock, signal } = plan;
    const connection = new Connection(channel, negotiated, { context, clock, signal });
    if (signal?.aborted === true) {
      // Between the two: nobody was listening.
      connection.fail(signal.reason);
      throw signal.reason;
    }
    return new NbdClient(connection, plan);
  }

  /**
   * The exports that the server tells of (`NBD_OPT_LIST`), with `describe` each with what `NBD_OPT_INFO` says of it, and the
   * contexts that it has: or with the `error` that keeps it out of reach. Throws as {@link connect} does.
   */
  static list(
    target: string | NbdClientOptions,
    options: { describe: true },
  ): Promise<readonly DescribedListing[]>;
  static list(
    target: string | NbdClientOptions,
    options?: { describe?: boolean },
  ): Promise<readonly ExportListing[]>;
  static async list(
    target: string | NbdClientOptions,
    options: { describe?: boolean } = {},
  ): Promise<readonly ExportListing[]> {
    const plan = planConnect(target, 'list');
    if (options.describe !== true) return await lookAt(plan, 'list', listExports);
    return await lookAt(plan, 'options', (exchange) => describeExports(exchange, plan));
  }

  /**
   * What the server tells of an export (`NBD_OPT_INFO`), and the contexts that it has (`NBD_OPT_LIST_META_CONTEXT`), without
   * opening it. Throws as {@link connect} does; `NBD_UNSUPPORTED`: the server can only be asked by connecting.
   */
  static async info(target: string | NbdClientOptions): Promise<ExportDescription> {
    const plan = planConnect(target, 'info');
    return await lookAt(plan, 'options', (exchange) => describeExport(exchange, plan));
  }

  private constructor(connection: Connection, plan: ConnectPlan) {
    this.#connection = connection;
    this.#plan = plan;
    this.#context = plan.context;
    this.co = new CoNbdClient(connection, plan.strict);
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
    const { closeTimeoutMs, clock } = this.#plan;
    const timer = startTimer(this.#context, clock, closeTimeoutMs, () =>
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

/** Connects, finds something out, and disconnects. */
async function lookAt<T>(
  plan: ConnectPlan,
  goal: ClientGoal,
  body: (exchange: HandshakeExchange) => Co<T>,
): Promise<T> {
  const { exchange, outcome } = await openExchange(plan, goal, body, plan.signal);
  exchange.channel.close();
  return outcome;
}
