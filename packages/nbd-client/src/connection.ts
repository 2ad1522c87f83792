import { type AioTimer, throwUncaught } from '@coaio/aio-context';
import { CoQueue } from '@coaio/co-queue';
import { type Co, Coroutine } from '@coaio/coroutine';
import {
  type ExportInfo,
  NBD_CMD_FLUSH,
  type NbdError,
  NbdProtocolError,
  NbdUsageError,
} from '@coaio/nbd-protocol';
import { type QIOChannel, ReadWindow, WriteBatch } from '@coaio/qio-channel';
import { type ConnectionState, TRANSITIONS } from './connection-state.js';
import { ConnectionLostError, describeRequest, operationOf } from './nbd-client-error.js';
import type { Negotiated } from './negotiation/negotiate.js';
import {
  InFlightRequests,
  type RequestsCarrier,
  type RequestsOptions,
} from './requests/in-flight-requests.js';
import { receiveReplies } from './requests/receive-replies.js';
import type { ReplySink } from './requests/reply-sink.js';
import type { RequestLimits } from './requests/request-options.js';
import { sendDisconnect } from './requests/send-request.js';
import { startTimer } from './start-timer.js';

/** How long answers are still read after writing has failed. A peer that shut only its reading side might never end. */
const RECEIVING_MS = 1000;
const LAST: RequestLimits = { isLast: true };

export interface ConnectionOptions extends RequestsOptions {
  /** Told once that no more requests are taken, and why; null: its owner wished so. */
  ending: (reason: unknown) => void;
  /** Told once that all of it is over, before what is in flight fails. */
  ended: () => void;
}

/**
 * One connection in transmission. A request is put into the batch and its coroutine yields; the batch leaves once a
 * turn; the receiver reads replies in whatever order they come and wakes whom they belong to.
 *
 * Between two yields nothing else runs, so there is no lock: all of this is touched by one thread.
 */
export class Connection implements RequestsCarrier {
  readonly negotiated: Negotiated;
  readonly window: ReadWindow;
  readonly batch: WriteBatch;
  /** Which of the client's connections it is, counted from 1. */
  readonly madeAs: number;
  readonly #channel: QIOChannel;
  readonly #options: ConnectionOptions;
  readonly #requests: InFlightRequests;
  /** Those who wait for the last answer, and for the end. */
  readonly #idle = new CoQueue();
  readonly #ended = new CoQueue();
  #state: ConnectionState = 'connected';
  #writeError: unknown;
  #receivingLimit: AioTimer | undefined;
  #lostBecause: unknown;

  constructor(channel: QIOChannel, negotiated: Negotiated, options: ConnectionOptions) {
    this.negotiated = negotiated;
    this.#channel = channel;
    this.#options = options;
    this.madeAs = options.connectionsMade();
    this.batch = new WriteBatch(channel, options.context, (error) => this.#writingFailed(error));
    this.window = new ReadWindow(channel);
    this.window.put(negotiated.rest);
    this.#requests = new InFlightRequests(this, options);
    options.statistics.begin(this);
  }

  /** Starts the receiver, which may find the connection at its end. */
  start(): void {
    Coroutine.create(() => this.#receive(), 'receiver').enter(this.#options.context);
  }

  get name(): string {
    return this.#channel.name;
  }

  get export(): ExportInfo {
    return this.negotiated.export;
  }

  get takesRequests(): boolean {
    return this.#state === 'connected';
  }

  /** No more is sent, and nothing more comes. */
  get hasEnded(): boolean {
    return this.#state === 'closed' || this.#state === 'lost';
  }

  /** Requests that were answered. */
  get answers(): number {
    return this.#requests.answers;
  }

  /** How many connections the client had made when the server of this one is last known to have lived. */
  get heardAt(): number {
    return this.#requests.heardAt;
  }

  /** Requests that somebody waits for. */
  get inFlight(): number {
    return this.#requests.waiting;
  }

  /** Writes that were answered, and that no flush has covered. */
  get unflushedWrites(): number {
    return this.export.canFlush ? this.#requests.unflushedWrites : 0;
  }

  /**
   * Sends a request and waits for its answer. `memory` is where a read's data goes, or the payload to send; a `sink`
   * takes what comes instead.
   */
  request(
    type: number,
    flags: number,
    offset: number | bigint,
    length: number,
    memory: Uint8Array | null,
    limits?: RequestLimits,
    sink: ReplySink | null = null,
  ): Co<void> {
    return this.#requests.exchange(type, flags, offset, length, memory, limits, sink);
  }

  /** For the requests: why it takes none. */
  notConnected(type: number, offset: number | bigint, length: number): NbdError {
    const what = describeRequest({ operation: operationOf(type), offset, length });
    if (this.#lostBecause !== undefined) return new ConnectionLostError(what, this.#lostBecause);
    return new NbdUsageError('NBD_CLOSED', what, 'the client was closed');
  }

  /**
   * Takes no more requests, waits for the answers to those in flight, flushes if that is needed, tells the server and
   * ends the connection. If it is ending already, waits for that: then its owner knows what was not flushed.
   *
   * @throws what the flush threw; ConnectionLostError `NBD_NOT_FLUSHED`: there could be none.
   */
  *disconnect(): Co<void> {
    const isMine = this.#isIn('connected');
    if (isMine) yield* this.#end();
    while (!this.hasEnded) yield* this.#ended.wait();
    if (isMine && this.unflushedWrites > 0) {
      const detail = 'what was written since the last flush may not be on stable storage';
      throw new ConnectionLostError('close', this.#lostBecause, 'NBD_NOT_FLUSHED', detail);
    }
  }

  /** The connection has failed: what is in flight fails, once each, and so does all that comes later. */
  fail(why: unknown): void {
    if (this.hasEnded) return;
    // If writing failed before, that is why.
    const reason = this.#writeError ?? why;
    this.#lostBecause = reason;
    this.#move('lost');
    this.#closeChannel();
    this.#requests.failAll(reason);
  }

  /** For the requests. */
  idle(): void {
    this.#idle.restartAll();
    if (this.#isIn('receiving')) this.fail(this.#writeError);
  }

  /** For the requests: from now on nothing is sent, what is in flight may still be answered. */
  serverShutsDown(): void {
    if (this.#state !== 'connected') return;
    this.#lostBecause = new ConnectionLostError(
      this.name,
      'the server shuts down (ESHUTDOWN)',
      'NBD_SHUTDOWN',
    );
    Coroutine.create(() => this.#end(), 'soft disconnect').enter(this.#options.context);
  }

  *#receive(): Co<void> {
    try {
      yield* receiveReplies(this.window, this.#requests.slots, this.negotiated, this.#requests);
      this.fail(new NbdProtocolError('NBD_UNEXPECTED_EOF', this.name, 'the server closed the connection'));
    } catch (error) {
      this.fail(error);
    }
  }

  /** Answers that have arrived, or are about to, are as good as before. */
  #writingFailed(error: unknown): void {
    if (this.hasEnded) return;
    this.#writeError = error;
    this.#lostBecause = error;
    this.#move('receiving');
    // Whoever was told of it may have ended the connection.
    if (!this.#isIn('receiving')) return;
    const { context, clock } = this.#options;
    this.#receivingLimit = startTimer(context, clock, RECEIVING_MS, () => this.fail(error));
    if (this.inFlight === 0) this.fail(error);
  }

  *#end(): Co<void> {
    this.#move('closing');
    while (this.inFlight > 0) yield* this.#idle.wait();
    // A server that shuts down takes no flush either.
    const takesFlush = this.#lostBecause === undefined;
    try {
      if (takesFlush && this.#isIn('closing') && this.unflushedWrites > 0)
        yield* this.#requests.exchange(NBD_CMD_FLUSH, 0, 0, 0, null, LAST, null);
    } finally {
      if (this.#isIn('closing')) yield* this.#sayGoodbye();
    }
  }

  *#sayGoodbye(): Co<void> {
    sendDisconnect(this.batch, this.negotiated.extendedHeaders);
    yield* this.batch.drained();
    if (!this.#isIn('closing')) return;
    this.#move('closed');
    // Not waiting for the server to close: one that ignores NBD_CMD_DISC would hold us.
    this.#closeChannel();
  }

  #closeChannel(): void {
    try {
      this.batch.close();
      this.#channel.close();
    } catch (error) {
      // The caller's own channel: what it throws must not keep anybody waiting.
      throwUncaught(error);
    }
  }

  /** A method, for the state may change at every yield. */
  #isIn(state: ConnectionState): boolean {
    return this.#state === state;
  }

  #move(to: ConnectionState): void {
    const from = this.#state;
    if (!TRANSITIONS[from].includes(to)) throw new Error(`connection cannot go from ${from} to ${to}`);
    this.#state = to;
    if (from === 'connected') this.#options.ending(this.#lostBecause ?? null);
    // Whoever was told may have ended it, which is done then.
    if (this.#state !== to || !this.hasEnded) return;
    this.#receivingLimit?.del();
    this.#requests.end();
    this.#options.statistics.end(this);
    this.#options.ended();
    this.#ended.restartAll();
  }
}
