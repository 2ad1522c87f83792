import type { Co } from '@coaio/coroutine';
import { NBD_CMD_FLUSH, type NbdError, NbdUsageError } from '@coaio/nbd-protocol';
import type { ClientStatistics } from '../client-statistics.js';
import { atOnce } from '../commands/at-once.js';
import type { RequestCarrier } from '../commands/request-carrier.js';
import { UnderWay } from '../commands/under-way.js';
import type { Connection } from '../connection.js';
import { ConnectionLostError, describeRequest, operationOf } from '../nbd-client-error.js';
import type { NbdClientEvent } from '../nbd-client-event.js';
import type { ConnectPlan } from '../negotiation/connect-plan.js';
import type { Negotiated } from '../negotiation/negotiate.js';
import type { Opened } from '../negotiation/open-connection.js';
import type { LostRequest } from '../requests/in-flight-requests.js';
import type { ReplySink } from '../requests/reply-sink.js';
import type { RequestLimits } from '../requests/request-options.js';
import { changesData } from '../requests/unflushed-writes.js';
import { limitWait } from '../requests/wait-limit.js';
import { Links } from './links.js';

/** A request that brings the server down each time must not do so for ever. */
const MAX_REPLAYS = 5;

/**
 * The connections of one client, between which its requests are spread. What was in flight on one that is lost goes to the others, or waits
 * for it to be made again.
 */
export class ConnectionGroup implements RequestCarrier {
  readonly underWay = new UnderWay('commands');
  readonly #plan: ConnectPlan;
  readonly #links: Links;
  #isClosing = false;

  /** @param opened the first connection */
  constructor(plan: ConnectPlan, opened: Opened) {
    this.#plan = plan;
    this.#links = new Links(plan, opened, (...args) => this.#again(...args));
  }

  get negotiated(): Negotiated {
    return this.#links.negotiated;
  }

  get statistics(): ClientStatistics {
    return this.#links.statistics;
  }

  /** Has `listener` told of what the caller is told of, before. */
  listen(listener: (event: NbdClientEvent) => void): void {
    this.#links.listener = listener;
  }

  /** Connections that take requests. */
  get size(): number {
    return this.#links.live().length;
  }

  /** See `Links.widen`. */
  widen(): Co<void> {
    return this.#links.widen();
  }

  /** @throws ConnectionLostError `NBD_CONNECTION_LOST`: all connections were lost, for good. */
  assertNotLost(operation: string): void {
    const { state, lostBecause } = this.#links;
    if (state === 'quit') throw new ConnectionLostError(operation, lostBecause);
  }

  assertOpen(operation: string, offset: number | bigint, length: number): void {
    if (this.#isClosing) throw closed(describeRequest({ operation, offset, length }));
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
    const connection = this.#links.leastBusy();
    if (connection !== null) return connection.request(type, flags, offset, length, memory, limits, sink);
    return this.#onceConnected({ type, flags, offset, length, memory, limits: limits ?? {}, sink }, null);
  }

  *flush(limits: RequestLimits = {}): Co<void> {
    const { lostWrites } = this.#links;
    try {
      this.#links.countAnswered();
      lostWrites.assertNone('flush');
      yield* this.#flushAll({ ...limits, risksBefore: lostWrites.risks });
    } catch (error) {
      lostWrites.told(error);
      throw error;
    }
  }

  /**
   * Takes no more commands, waits for the answers to those in flight, flushes if that is needed, and disconnects.
   *
   * @throws what a flush threw; ConnectionLostError `NBD_NOT_FLUSHED`.
   */
  *disconnect(): Co<void> {
    this.#isClosing = true;
    // Those that wait for a connection, too, are not waited for.
    if (this.#links.state === 'connected') yield* this.underWay.ended();
    const { lostWrites, connections } = this.#links;
    const live = this.#links.live();
    this.#links.quit(null);
    const failures: unknown[] = [];
    const attempt = function* (step: () => Co<void>): Co<void> {
      try {
        yield* step();
      } catch (error) {
        failures.push(error);
      }
    };
    if (lostWrites.pending) {
      const { mark } = lostWrites;
      yield* atOnce(live, (connection) => attempt(() => connection.request(NBD_CMD_FLUSH, 0, 0, 0, null)));
      if (failures.length === 0) lostWrites.flushed(mark);
    }
    yield* atOnce([...connections], (connection) => attempt(() => connection.disconnect()));
    if (failures.length > 0) throw failures[0];
    lostWrites.assertNone('close');
  }

  /** Ends all connections: what is in flight fails with `reason`, and so does all that comes later. */
  fail(reason: unknown): void {
    this.#links.fail(reason);
  }

  /**
   * On each connection with writes that no flush has covered. While there are such writes of one that is gone, on all: which of them lead to
   * the server that has those is known only once they answer.
   */
  *#flushAll(limits: RequestLimits): Co<void> {
    const { lostWrites } = this.#links;
    const { mark } = lostWrites;
    const live = this.#links.live();
    const targets = lostWrites.pending ? live : live.filter(({ unflushedWrites }) => unflushedWrites > 0);
    if (targets.length === 0) yield* this.request(NBD_CMD_FLUSH, 0, 0, 0, null, limits);
    else yield* atOnce(targets, (connection) => this.#flushOne(connection, limits));
    lostWrites.flushed(mark);
  }

  *#flushOne(connection: Connection, limits: RequestLimits): Co<void> {
    if (connection.takesRequests) yield* connection.request(NBD_CMD_FLUSH, 0, 0, 0, null, limits);
    else yield* this.#flushAgain({ ...FLUSH, limits }, null);
  }

  /** What it was to cover may be gone, or be with another connection now. */
  *#flushAgain(request: LostRequest, lost: ConnectionLostError | null): Co<void> {
    const { lostWrites } = this.#links;
    this.#links.countAnswered();
    lostWrites.assertNone('flush', request.limits.risksBefore);
    if (lostWrites.pending) yield* this.#flushAll(request.limits);
    else yield* this.#onceConnected(request, lost);
  }

  /** @param lost what it failed with before */
  *#onceConnected(request: LostRequest, lost: ConnectionLostError | null): Co<void> {
    const { type, flags, offset, length, memory, limits, sink } = request;
    if (this.#isClosing && this.#links.state !== 'connected') throw lost ?? this.#notConnected(request);
    const missing =
      limits.replays === undefined ? 'not sent, no connection' : 'no answer, and no other connection';
    const waiting = limitWait(request, this.#plan, missing);
    try {
      yield* this.#links.available(waiting);
    } finally {
      waiting.end();
    }
    const connection = this.#links.leastBusy();
    if (connection === null) throw lost ?? this.#notConnected(request);
    yield* connection.request(type, flags, offset, length, memory, waiting.limits, sink);
  }

  /** Does a request again whose connection was lost, if it may be done twice or was not sent yet. */
  *#again(request: LostRequest, lost: ConnectionLostError, wasSent: boolean): Co<void> {
    const { type, limits } = request;
    const replays = (limits.replays ?? 0) + (wasSent ? 1 : 0);
    if (replays > MAX_REPLAYS || this.#links.state === 'quit') throw lost;
    if (wasSent && changesData(type) && !this.#plan.replayWrites) throw lost;
    limits.signal?.throwIfAborted();
    if (wasSent) this.statistics.replays++;
    const again = { ...request, limits: { ...limits, replays } };
    yield* type === NBD_CMD_FLUSH ? this.#flushAgain(again, lost) : this.#onceConnected(again, lost);
  }

  #notConnected({ type, offset, length }: LostRequest): NbdError {
    const what = describeRequest({ operation: operationOf(type), offset, length });
    const { lostBecause } = this.#links;
    if (lostBecause !== null) return new ConnectionLostError(what, lostBecause);
    return closed(what);
  }
}

function closed(what: string): NbdUsageError {
  return new NbdUsageError('NBD_CLOSED', what, 'the client was closed');
}

const FLUSH = { type: NBD_CMD_FLUSH, flags: 0, offset: 0, length: 0, memory: null, sink: null };
