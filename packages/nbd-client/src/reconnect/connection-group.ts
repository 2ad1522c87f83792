import type { AioTimer } from '@coaio/aio-context';
import { CoQueue } from '@coaio/co-queue';
import { type Co, Coroutine, onAbort } from '@coaio/coroutine';
import { NBD_CMD_FLUSH, type NbdError, NbdUsageError } from '@coaio/nbd-protocol';
import { connectChannel, reconnectChannel } from '../client-diagnostics.js';
import { ClientStatistics } from '../client-statistics.js';
import { atOnce } from '../commands/at-once.js';
import type { RequestCarrier } from '../commands/request-carrier.js';
import { Connection } from '../connection.js';
import { ConnectionLostError, describeRequest, operationOf } from '../nbd-client-error.js';
import { tell } from '../nbd-client-event.js';
import type { ConnectPlan } from '../negotiation/connect-plan.js';
import type { Negotiated } from '../negotiation/negotiate.js';
import type { Opened } from '../negotiation/open-connection.js';
import type { LostRequest } from '../requests/in-flight-requests.js';
import type { ReplySink } from '../requests/reply-sink.js';
import type { RequestLimits } from '../requests/request-options.js';
import { changesData } from '../requests/unflushed-writes.js';
import { startTimer } from '../start-timer.js';
import { exportChanged, isSameExport } from './export-change.js';
import { GROUP_TRANSITIONS, type GroupState } from './group-state.js';
import { Link } from './link.js';
import { LivenessProbe } from './liveness-probe.js';
import { LostWrites } from './lost-writes.js';
import { limitWait } from './wait-limit.js';

/** A request that brings the server down each time must not do so for ever. */
const MAX_REPLAYS = 5;

/**
 * The connections of one client, between which its requests are spread. One that is lost is made again, if that was asked for; what
 * was in flight on it goes to the others, or waits (QEMU's reconnect, for several connections).
 */
export class ConnectionGroup implements RequestCarrier {
  readonly statistics = new ClientStatistics();
  readonly #plan: ConnectPlan;
  readonly #links: Link[] = [];
  /** All that have not ended: those of the links, and those that are closing. */
  readonly #connections = new Set<Connection>();
  readonly #lostWrites = new LostWrites();
  /** Requests that wait for a connection. */
  readonly #available = new CoQueue('a connection');
  #takeBackAbort: () => void = () => {};
  #state: GroupState = 'connected';
  #negotiated: Negotiated;
  #delay: AioTimer | undefined;
  #lostBecause: unknown;

  /** @param opened the first connection */
  constructor(plan: ConnectPlan, opened: Opened) {
    this.#plan = plan;
    this.#negotiated = opened.negotiated;
    const { signal } = plan;
    this.#adopt(this.#newLink(), opened);
    if (signal !== undefined) this.#takeBackAbort = onAbort(signal, () => this.fail(signal.reason));
  }

  get negotiated(): Negotiated {
    return this.#negotiated;
  }

  /** Connections that take requests. */
  get size(): number {
    return this.#links.filter(({ connection }) => connection !== null).length;
  }

  /** Makes the further connections that the plan wants and the server allows. One that cannot be had is told of. */
  *widen(): Co<void> {
    const { connections } = this.#plan;
    if (!this.#negotiated.export.canMultiConn) return;
    const links = Array.from({ length: connections - 1 }, () => this.#newLink());
    yield* atOnce(links, (link) => this.#fill(link, false));
  }

  request(
    type: number,
    flags: number,
    offset: number | bigint,
    length: number,
    memory: Uint8Array | null,
    limits?: RequestLimits,
    sink: ReplySink | null = null,
  ): Co<void> {
    const connection = this.#leastBusy();
    if (connection !== null) return connection.request(type, flags, offset, length, memory, limits, sink);
    return this.#onceConnected({ type, flags, offset, length, memory, limits: limits ?? {}, sink }, null);
  }

  *flush(limits?: RequestLimits): Co<void> {
    this.#assertNothingLost('flush');
    const covered = this.#lostWrites.covered();
    const written = this.#live().filter(({ unflushedWrites }) => unflushedWrites > 0);
    if (written.length <= 1) {
      const [connection = this] = written;
      yield* connection.request(NBD_CMD_FLUSH, 0, 0, 0, null, limits);
    } else {
      yield* atOnce(written, (connection) => connection.request(NBD_CMD_FLUSH, 0, 0, 0, null, limits));
    }
    this.#lostWrites.flushed(covered);
  }

  /**
   * Takes no more requests, waits for the answers to those in flight, flushes if that is needed, and disconnects.
   *
   * @throws what a flush threw; ConnectionLostError `NBD_NOT_FLUSHED`.
   */
  *disconnect(): Co<void> {
    const covered = this.#lostWrites.covered();
    const [survivor] = this.#live();
    this.#quit(null);
    const failures: unknown[] = [];
    const attempt = function* (step: () => Co<void>): Co<void> {
      try {
        yield* step();
      } catch (error) {
        failures.push(error);
      }
    };
    if (covered.size > 0 && survivor !== undefined) {
      yield* attempt(() => survivor.request(NBD_CMD_FLUSH, 0, 0, 0, null));
      if (failures.length === 0) this.#lostWrites.flushed(covered);
    }
    yield* atOnce([...this.#connections], (connection) => attempt(() => connection.disconnect()));
    if (failures.length > 0) throw failures[0];
    this.#assertNothingLost('close');
  }

  /** Ends all connections: what is in flight fails with `reason`, and so does all that comes later. */
  fail(reason: unknown): void {
    this.#quit(reason);
    for (const connection of this.#connections) connection.fail(reason);
  }

  #leastBusy(): Connection | null {
    let best: Connection | null = null;
    for (const { connection } of this.#links) {
      if (connection !== null && (best === null || connection.inFlight < best.inFlight)) best = connection;
    }
    return best;
  }

  #live(): Connection[] {
    return this.#links.flatMap(({ connection }) => (connection === null ? [] : [connection]));
  }

  /** @param lost what it failed with before */
  *#onceConnected(request: LostRequest, lost: ConnectionLostError | null): Co<void> {
    const { type, flags, offset, length, memory, sink } = request;
    const waiting = limitWait(request, this.#plan);
    try {
      while (this.#state === 'connecting-wait') yield* this.#available.wait(undefined, waiting);
    } finally {
      waiting.end();
    }
    const connection = this.#leastBusy();
    if (connection === null) throw lost ?? this.#notConnected(request);
    yield* connection.request(type, flags, offset, length, memory, waiting.limits, sink);
  }

  /** Does a request again whose connection was lost, if it may be done twice. */
  *#again(request: LostRequest, lost: ConnectionLostError): Co<void> {
    const { type, limits } = request;
    const replays = (limits.replays ?? 0) + 1;
    if (replays > MAX_REPLAYS || this.#state === 'quit') throw lost;
    if (changesData(type) && !this.#plan.replayWrites) throw lost;
    limits.signal?.throwIfAborted();
    this.statistics.replays++;
    // What it was to cover may be gone.
    if (type === NBD_CMD_FLUSH) this.#assertNothingLost('flush');
    yield* this.#onceConnected({ ...request, limits: { ...limits, replays } }, lost);
  }

  #newLink(): Link {
    const index = this.#links.length;
    const link: Link = new Link(index, this.#plan, (error) => {
      tell(this.#plan, { type: 'connect-failed', connection: index, error });
      // It will not be otherwise next time.
      if (error instanceof NbdUsageError) link.setRetry(false);
    });
    this.#links.push(link);
    return link;
  }

  /** Gives the link a connection. Without one to be had it stays empty. */
  *#fill(link: Link, retry: boolean): Co<void> {
    try {
      const opened = yield* link.establish(retry);
      const change = this.#state === 'quit' ? this.#lostBecause : this.#refuses(opened.negotiated);
      if (change === null) this.#adopt(link, opened);
      else {
        opened.channel.close();
        if (this.size === 0) this.#quit(change);
      }
    } catch (error) {
      if (this.#state === 'quit') return;
      if (!retry && this.#plan.reconnectDelayMs !== undefined) this.#refill(link);
      else if (this.size === 0) this.#quit(error);
    }
  }

  #refill(link: Link): void {
    Coroutine.create(() => this.#fill(link, true), 'reconnect').enter(this.#plan.context);
  }

  #adopt(link: Link, { channel, negotiated }: Opened): void {
    const { context, clock, requestTimeoutMs, livenessMs, connections, reconnectDelayMs } = this.#plan;
    const returns = link.wasFilled;
    const connection: Connection = new Connection(channel, negotiated, {
      context,
      clock,
      requestTimeoutMs,
      statistics: this.statistics,
      again:
        connections > 1 || reconnectDelayMs !== undefined
          ? (request, lost) => this.#again(request, lost)
          : undefined,
      ending: (reason) => this.#ending(link, connection, reason),
      ended: () => this.#connections.delete(connection),
    });
    link.connection = connection;
    link.wasFilled = true;
    this.#connections.add(connection);
    if (livenessMs > 0) link.probe = new LivenessProbe(connection, context, clock, livenessMs);
    this.#move('connected');
    this.#delay?.del();
    if (connectChannel.hasSubscribers)
      connectChannel.publish({ connection: connection.name, export: negotiated.export });
    if (returns) {
      this.statistics.reconnects++;
      tell(this.#plan, { type: 'reconnected', connection: link.index });
    }
    this.#available.restartAll();
    connection.start();
  }

  /** `connection` takes requests no more. */
  #ending(link: Link, connection: Connection, reason: unknown): void {
    link.probe?.end();
    if (link.connection !== connection) return;
    link.connection = null;
    const survived = this.size > 0;
    this.#lostWrites.add(connection, reason, survived && this.#negotiated.export.canMultiConn);
    tell(this.#plan, { type: 'connection-lost', connection: link.index, error: reason });
    const { reconnectDelayMs } = this.#plan;
    if (reconnectDelayMs === undefined) {
      if (!survived) this.#quit(reason);
      return;
    }
    this.#lostBecause = reason;
    if (!survived) this.#move(reconnectDelayMs > 0 ? 'connecting-wait' : 'connecting-nowait');
    if (this.#state === 'connecting-wait') this.#startDelay(reconnectDelayMs);
    if (reconnectChannel.hasSubscribers) reconnectChannel.publish({ connection: connection.name, reason });
    this.#refill(link);
  }

  #startDelay(ms: number): void {
    const { context, clock } = this.#plan;
    this.#delay = startTimer(context, clock, ms, () => {
      if (this.#state !== 'connecting-wait') return;
      this.#move('connecting-nowait');
      tell(this.#plan, { type: 'reconnect-delay-over' });
      this.#available.restartAll();
    });
  }

  /** Why a connection to an export that looks so is not taken; null: it is. */
  #refuses(negotiated: Negotiated): unknown {
    if (isSameExport(this.#negotiated, negotiated)) return null;
    const { export: before } = this.#negotiated;
    const { export: after } = negotiated;
    const accepted = this.#plan.onExportChanged?.(before, after) === true;
    tell(this.#plan, { type: 'export-changed', before, after, accepted });
    if (!accepted) return exportChanged(this.#negotiated, negotiated);
    this.#negotiated = negotiated;
    return null;
  }

  /** @param reason null: its owner wished so */
  #quit(reason: unknown): void {
    if (this.#state === 'quit') return;
    this.#move('quit');
    this.#lostBecause = reason;
    this.#delay?.del();
    this.#takeBackAbort();
    for (const link of this.#links) {
      link.probe?.end();
      link.connection = null;
      link.release();
    }
    this.#available.restartAll();
  }

  #assertNothingLost(operation: string): void {
    const risk = this.#lostWrites.takeRisk();
    if (risk === null) return;
    const detail = 'what was written since the last flush may not be on stable storage';
    throw new ConnectionLostError(operation, risk.reason, 'NBD_NOT_FLUSHED', detail);
  }

  #notConnected({ type, offset, length }: LostRequest): NbdError {
    const what = describeRequest({ operation: operationOf(type), offset, length });
    if (this.#lostBecause !== null) return new ConnectionLostError(what, this.#lostBecause);
    return new NbdUsageError('NBD_CLOSED', what, 'the client was closed');
  }

  #move(to: GroupState): void {
    if (to === this.#state) return;
    if (!GROUP_TRANSITIONS[this.#state].includes(to)) {
      throw new Error(`client cannot go from ${this.#state} to ${to}`);
    }
    this.#state = to;
  }
}
