import type { AioContext, Clock } from '@coaio/aio-context';
import { type Co, coSelf, coYield, onAbort } from '@coaio/coroutine';
import { NBD_CMD_READ, type NbdError, NbdUsageError } from '@coaio/nbd-protocol';
import type { ReadWindow, WriteBatch } from '@coaio/qio-channel';
import { replyChannel, requestChannel } from '../client-diagnostics.js';
import type { ClientStatistics } from '../client-statistics.js';
import { ConnectionLostError, describeRequest, NbdTimeoutError, operationOf } from '../nbd-client-error.js';
import type { Negotiated } from '../negotiation/negotiate.js';
import { type InFlightRequest, NullReason } from './in-flight-request.js';
import { MemoryReturn } from './memory-return.js';
import type { ReplyListener } from './receive-replies.js';
import type { ReplySink } from './reply-sink.js';
import { RequestDeadlines } from './request-deadlines.js';
import type { RequestLimits } from './request-options.js';
import { RequestSlots } from './request-slots.js';
import { sendRequest } from './send-request.js';
import { UnflushedWrites } from './unflushed-writes.js';

/** Without extended headers. */
const MAX_LENGTH = 0xffffffff;

/** What is needed to send a request, once more if need be. */
export interface LostRequest {
  readonly type: number;
  readonly flags: number;
  readonly offset: number | bigint;
  readonly length: number;
  readonly memory: Uint8Array | null;
  readonly limits: RequestLimits;
  readonly sink: ReplySink | null;
}

/** Does a request again whose connection was lost, or throws `lost`. One that was not sent yet can do no harm twice. */
export type DoAgain = (request: LostRequest, lost: ConnectionLostError, wasSent: boolean) => Co<void>;

export interface RequestsOptions {
  context: AioContext;
  clock: Clock;
  /** For each request that brings no limit of its own; 0 = none. */
  requestTimeoutMs: number;
  statistics: ClientStatistics;
  /** Absent: a request fails with its connection. */
  again?: DoAgain | undefined;
  /** How many connections there were so far, this one included. */
  connectionsMade: () => number;
}

/** Where the requests of a connection go, and who hears of them. */
export interface RequestsCarrier {
  readonly name: string;
  readonly negotiated: Negotiated;
  readonly window: ReadWindow;
  readonly batch: WriteBatch;
  readonly takesRequests: boolean;
  /** Why it takes none. */
  notConnected(type: number, offset: number | bigint, length: number): NbdError;
  /** Nobody waits for an answer any more. */
  idle(): void;
  /** The server said ESHUTDOWN: no more requests may be sent (proto.md, MUST). */
  serverShutsDown(): void;
  fail(why: unknown): void;
}

/** The requests of one connection, from the call to the answer. Each is settled once: answered, failed, or given up. */
export class InFlightRequests implements ReplyListener {
  readonly slots = new RequestSlots();
  readonly #carrier: RequestsCarrier;
  readonly #options: RequestsOptions;
  readonly #deadlines: RequestDeadlines;
  readonly #memory: MemoryReturn;
  readonly #unflushed = new UnflushedWrites();
  #waiting = 0;
  /** When the batch that is being gathered got its first request, and how many connections there were; when the bytes at hand arrived. */
  #sendingNs = 0;
  #madeBefore = 0;
  #receivedNs = 0;
  #heardAt: number;
  #answers = 0;

  constructor(carrier: RequestsCarrier, options: RequestsOptions) {
    const { context, clock } = options;
    this.#carrier = carrier;
    this.#options = options;
    this.#heardAt = options.connectionsMade();
    this.#memory = new MemoryReturn(carrier, context, clock);
    this.#deadlines = new RequestDeadlines(this.slots, context, clock, (request) => {
      this.#giveUp(request, new NbdTimeoutError(request.describe(), request.timeoutMs));
    });
  }

  /** How many somebody waits for. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Writes that were answered, and that no flush has covered. */
  get unflushedWrites(): number {
    return this.#unflushed.count;
  }

  /** How many were answered. */
  get answers(): number {
    return this.#answers;
  }

  /**
   * How many connections there were when the server is last known to have lived: when the latest request was sent that it has answered. What
   * arrives may have been sent long before.
   */
  get heardAt(): number {
    return this.#heardAt;
  }

  /** Sends a request and waits for its answer. */
  *exchange(
    type: number,
    flags: number,
    offset: number | bigint,
    length: number,
    memory: Uint8Array | null,
    limits: RequestLimits | undefined,
    sink: ReplySink | null,
  ): Co<void> {
    const { batch, negotiated } = this.#carrier;
    if (length > MAX_LENGTH && !negotiated.extendedHeaders) throw tooLong(type, offset, length);
    const signal = limits?.signal;
    // A request of several parts, or one that waited for a lock, may come to its next part too late.
    signal?.throwIfAborted();
    // Its caller may have made it long before it begins.
    if (!this.#carrier.takesRequests && limits?.isLast === undefined) {
      const request = { type, flags, offset, length, memory, limits: limits ?? {}, sink };
      return yield* this.#lost(request, this.#carrier.notConnected(type, offset, length), false);
    }
    const payload = sink !== null ? sink.begin(negotiated) : type === NBD_CMD_READ ? null : memory;
    const request = this.slots.take();
    request.begin(type, flags, offset, length, coSelf());
    request.sink = sink;
    request.late = limits?.late ?? null;
    if (type === NBD_CMD_READ) request.target = memory;
    this.#waiting++;
    this.#unflushed.sending(request);
    // One look at the clock for all that leave together.
    if (!batch.gathering) {
      this.#sendingNs = this.#options.clock.nowNs();
      this.#madeBefore = this.#options.connectionsMade();
    }
    request.sentNs = this.#sendingNs;
    request.madeBefore = this.#madeBefore;
    const mark = sendRequest(batch, request, payload, negotiated.extendedHeaders);
    const timeoutMs = limits?.timeoutMs ?? this.#options.requestTimeoutMs;
    if (timeoutMs > 0) this.#deadlines.set(request, timeoutMs, limits?.deadlineNs);
    const { deadlineNs } = request;
    const takeBack =
      signal === undefined ? null : onAbort(signal, () => this.#giveUp(request, signal.reason));
    if (requestChannel.hasSubscribers) this.#publishRequest(request);
    while (request.state === 'waiting') yield* coYield();
    takeBack?.();
    // A server may refuse a write before it has all of it, and the rest is sent from the caller's memory.
    if (request.landing || !batch.hasWritten(mark))
      yield* this.#memory.back(request, mark, signal, deadlineNs);
    const { error } = request;
    request.waiter = null;
    if (request.state === 'answered') this.slots.release(request);
    if (error === null) return;
    yield* this.#lost(
      { type, flags, offset, length, memory, limits: { ...limits, deadlineNs }, sink },
      error,
      true,
    );
  }

  received(): void {
    this.#receivedNs = this.#options.clock.nowNs();
  }

  chunk(): void {
    this.#options.statistics.chunks++;
  }

  answered(request: InFlightRequest): void {
    this.#answers++;
    if (request.madeBefore > this.#heardAt) this.#heardAt = request.madeBefore;
    if (request.state === 'given-up') {
      request.over();
      // Late. Its coroutine may still wait for its memory.
      if (request.waiter === null) {
        this.slots.release(request);
        return;
      }
      request.answered();
      request.wake();
      return;
    }
    if (request.error === null) this.#unflushed.succeeded(request);
    this.#options.statistics.answered(request, this.#receivedNs);
    this.#settle(request);
  }

  serverShutsDown(): void {
    this.#carrier.serverShutsDown();
  }

  /** The connection has ended, and nobody waits for an answer. */
  end(): void {
    this.#deadlines.end();
    for (const request of this.slots.givenUp()) request.over();
  }

  /** The connection has ended: all that are waited for fail. */
  failAll(reason: unknown): void {
    for (const request of this.slots.waiting()) {
      // One that has heard of it before may have given this one up.
      if (request.state !== 'waiting') continue;
      // Who takes its chunks wants all of them: an error is no end yet. Of others one is the answer.
      if (request.sink !== null || request.error === null)
        request.error = new ConnectionLostError(describeRequest(request.describe()), reason);
      this.#settle(request);
    }
  }

  /** Settled before anybody is told: a subscriber may abort its signal. */
  #settle(request: InFlightRequest): void {
    request.answered();
    if (replyChannel.hasSubscribers) this.#publishReply(request);
    request.wake();
    this.#oneLess();
  }

  #giveUp(request: InFlightRequest, reason: unknown): void {
    if (request.state !== 'waiting') return;
    this.#options.statistics.givenUp++;
    request.giveUp(reason);
    if (replyChannel.hasSubscribers) this.#publishReply(request);
    this.#oneLess();
  }

  /** On another connection, if it was lost with this one and there are others. */
  *#lost(request: LostRequest, error: unknown, wasSent: boolean): Co<void> {
    const { again } = this.#options;
    if (error instanceof NullReason) throw request.limits.signal?.reason;
    if (again === undefined || !isLost(error)) throw error;
    yield* again(request, error, wasSent);
  }

  #oneLess(): void {
    this.#waiting--;
    if (this.#waiting === 0) this.#carrier.idle();
  }

  #publishRequest(request: InFlightRequest): void {
    requestChannel.publish({ connection: this.#carrier.name, ...request.describe() });
  }

  #publishReply(request: InFlightRequest): void {
    const { error } = request;
    replyChannel.publish({ connection: this.#carrier.name, ...request.describe(), error });
  }
}

/** Whether the connection ended before the answer, so that the request may be sent on another. */
function isLost(error: unknown): error is ConnectionLostError {
  return error instanceof ConnectionLostError && error.code === 'NBD_CONNECTION_LOST';
}

function tooLong(type: number, offset: number | bigint, length: number): NbdUsageError {
  const operation = operationOf(type);
  const detail = `${describeRequest({ operation, offset, length })} exceeds ${MAX_LENGTH} bytes, which takes extended headers`;
  return new NbdUsageError('NBD_TOO_LARGE', operation, detail);
}
