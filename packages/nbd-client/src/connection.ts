import { type AioContext, type AioTimer, type Clock, throwUncaught } from '@coaio/aio-context';
import { CoQueue } from '@coaio/co-queue';
import { type Co, Coroutine, coSelf, coYield } from '@coaio/coroutine';
import {
  type ExportInfo,
  encodeRequest,
  NBD_CMD_DISC,
  NBD_CMD_FLAG_FUA,
  NBD_CMD_FLUSH,
  NBD_CMD_READ,
  NBD_CMD_WRITE,
  type NbdError,
  NbdUsageError,
  newRequestHeader,
  REQUEST_SIZE,
  type RequestHeader,
} from '@coaio/nbd-protocol';
import { type QIOChannel, ReadWindow, WriteBatch } from '@coaio/qio-channel';
import { type ConnectionState, TRANSITIONS } from './connection-state.js';
import { ConnectionLostError, describeRequest } from './nbd-client-error.js';
import type { Negotiated } from './negotiation/negotiate.js';
import type { InFlightRequest } from './requests/in-flight-request.js';
import { receiveReplies } from './requests/receive-replies.js';
import { RequestSlots } from './requests/request-slots.js';
import { startTimer } from './start-timer.js';

/** How long answers are still read after writing has failed. A peer that shut only its reading side might never end. */
const RECEIVING_MS = 1000;

export interface ConnectionOptions {
  context: AioContext;
  clock: Clock;
  /** Ends the connection; what is in flight fails with its reason. */
  signal?: AbortSignal | undefined;
}

/**
 * One connection in transmission. A request is put into the batch and its coroutine yields; the batch leaves once a
 * turn; the receiver reads replies in whatever order they come and wakes whom they belong to.
 *
 * Between two yields nothing else runs, so there is no lock: all of this is touched by one thread.
 */
export class Connection {
  readonly export: ExportInfo;
  readonly structuredReplies: boolean;
  readonly #channel: QIOChannel;
  readonly #options: ConnectionOptions;
  readonly #slots = new RequestSlots();
  readonly #window: ReadWindow;
  readonly #batch: WriteBatch;
  /** Those who wait for the last answer, and for the end. */
  readonly #idle = new CoQueue();
  readonly #ended = new CoQueue();
  readonly #abort = (): void => this.fail(this.#options.signal?.reason);
  #inFlight = 0;
  /** Writes without FUA that were answered, and how many of them a flush has covered: those answered before it was sent. */
  #writesAnswered = 0;
  #writesFlushed = 0;
  #state: ConnectionState = 'connected';
  #writeError: unknown;
  #receivingLimit: AioTimer | undefined;
  #lostBecause: unknown;

  /** Starts the receiver. */
  constructor(channel: QIOChannel, negotiated: Negotiated, options: ConnectionOptions) {
    this.export = negotiated.export;
    this.structuredReplies = negotiated.structuredReplies;
    this.#channel = channel;
    this.#options = options;
    this.#batch = new WriteBatch(channel, options.context, (error) => this.#writingFailed(error));
    this.#window = new ReadWindow(channel);
    this.#window.put(negotiated.rest);
    options.signal?.addEventListener('abort', this.#abort);
    Coroutine.create(() => this.#receive(), 'receiver').enter(options.context);
  }

  /** Sends a request and waits for its answer. `buffer` is what a write sends, or where a read's data goes. */
  request(
    type: number,
    flags: number,
    offset: number | bigint,
    length: number,
    buffer: Uint8Array | null,
  ): Co<void> {
    if (this.#state !== 'connected') throw this.#notConnected(type, offset, length);
    return this.#exchange(type, flags, offset, length, buffer);
  }

  /**
   * Takes no more requests, waits for the answers to those in flight, flushes if that is needed, tells the server and
   * ends the connection. If it is ending already, waits for that.
   *
   * @throws what the flush threw; ConnectionLostError `NBD_NOT_FLUSHED`: there could be none.
   */
  *disconnect(): Co<void> {
    if (this.#isIn('connected')) yield* this.#end();
    while (!this.#hasEnded()) yield* this.#ended.wait();
    if (this.#mustFlush()) {
      const detail = 'what was written since the last flush may not be on stable storage';
      throw new ConnectionLostError('close', this.#lostBecause, 'NBD_NOT_FLUSHED', detail);
    }
  }

  /** The connection has failed: what is in flight fails, once each, and so does all that comes later. */
  fail(why: unknown): void {
    if (this.#hasEnded()) return;
    // If writing failed before, that is why.
    const reason = this.#writeError ?? why;
    this.#lostBecause = reason;
    this.#move('lost');
    this.#closeChannel();
    for (const request of this.#slots.unanswered()) {
      request.error ??= new ConnectionLostError(describeRequest(request.describe()), reason);
      this.answered(request);
    }
  }

  /** For the receiver. */
  answered(request: InFlightRequest): void {
    const { type, flags, error } = request;
    if (error === null) {
      if (type === NBD_CMD_FLUSH) this.#writesFlushed = Math.max(this.#writesFlushed, request.writesBefore);
      else if (type === NBD_CMD_WRITE && (flags & NBD_CMD_FLAG_FUA) === 0) this.#writesAnswered++;
    }
    this.#inFlight--;
    request.settle();
    if (this.#inFlight > 0) return;
    this.#idle.restartAll();
    if (this.#isIn('receiving')) this.fail(this.#writeError);
  }

  /** For the receiver: from now on nothing is sent, what is in flight may still be answered. */
  serverShutsDown(): void {
    if (this.#state !== 'connected') return;
    this.#lostBecause = new Error('the server shuts down (ESHUTDOWN)');
    Coroutine.create(() => this.#end(), 'soft disconnect').enter(this.#options.context);
  }

  *#exchange(
    type: number,
    flags: number,
    offset: number | bigint,
    length: number,
    buffer: Uint8Array | null,
  ): Co<void> {
    const self = coSelf();
    const request = this.#slots.take();
    request.begin(type, flags, offset, length, self);
    this.#inFlight++;
    request.writesBefore = this.#writesAnswered;
    this.#send(request);
    let mark = 0;
    if (type === NBD_CMD_READ) request.target = buffer;
    else if (buffer !== null) mark = this.#batch.append(buffer);
    while (!request.settled) yield* coYield();
    const { error } = request;
    this.#slots.release(request);
    // A server may refuse a write before it has all of it, and the rest is sent from the caller's memory.
    if (!this.#batch.hasWritten(mark)) yield* this.#batch.written(mark);
    if (error !== null) throw error;
  }

  *#receive(): Co<void> {
    try {
      yield* receiveReplies(this.#window, this.#slots, this.structuredReplies, this);
      this.fail(new Error(`${this.#channel.name}: the server closed the connection`));
    } catch (error) {
      this.fail(error);
    }
  }

  /** Answers that have arrived, or are about to, are as good as before. */
  #writingFailed(error: unknown): void {
    if (this.#hasEnded()) return;
    this.#writeError = error;
    this.#lostBecause = error;
    this.#move('receiving');
    const { context, clock } = this.#options;
    this.#receivingLimit = startTimer(context, clock, RECEIVING_MS, () => this.fail(error));
    if (this.#inFlight === 0) this.fail(error);
  }

  #send(header: RequestHeader): void {
    const at = this.#batch.reserve(REQUEST_SIZE);
    encodeRequest(this.#batch.view, at, header);
  }

  *#end(): Co<void> {
    this.#move('closing');
    while (this.#inFlight > 0) yield* this.#idle.wait();
    // A server that shuts down takes no flush either.
    const takesFlush = this.#lostBecause === undefined;
    try {
      if (takesFlush && this.#isIn('closing') && this.#mustFlush())
        yield* this.#exchange(NBD_CMD_FLUSH, 0, 0, 0, null);
    } finally {
      if (this.#isIn('closing')) yield* this.#sayGoodbye();
    }
  }

  *#sayGoodbye(): Co<void> {
    const header = newRequestHeader();
    header.type = NBD_CMD_DISC;
    this.#send(header);
    yield* this.#batch.drained();
    if (!this.#isIn('closing')) return;
    this.#move('closed');
    // Not waiting for the server to close: one that ignores NBD_CMD_DISC would hold us.
    this.#closeChannel();
  }

  #mustFlush(): boolean {
    return this.export.canFlush && this.#writesAnswered > this.#writesFlushed;
  }

  #closeChannel(): void {
    try {
      this.#batch.close();
      this.#channel.close();
    } catch (error) {
      // The caller's own channel: what it throws must not keep anybody waiting.
      throwUncaught(error);
    }
  }

  #notConnected(type: number, offset: number | bigint, length: number): NbdError {
    const operation = type === NBD_CMD_FLUSH ? 'flush' : type === NBD_CMD_READ ? 'read' : 'write';
    const what = describeRequest({ operation, offset, length });
    if (this.#lostBecause !== undefined) return new ConnectionLostError(what, this.#lostBecause);
    return new NbdUsageError('NBD_CLOSED', what, 'the client was closed');
  }

  #hasEnded(): boolean {
    return this.#state === 'closed' || this.#state === 'lost';
  }

  /** A method, for the state may change at every yield. */
  #isIn(state: ConnectionState): boolean {
    return this.#state === state;
  }

  #move(to: ConnectionState): void {
    if (!TRANSITIONS[this.#state].includes(to)) {
      throw new Error(`connection cannot go from ${this.#state} to ${to}`);
    }
    this.#state = to;
    if (!this.#hasEnded()) return;
    this.#options.signal?.removeEventListener('abort', this.#abort);
    this.#receivingLimit?.del();
    this.#ended.restartAll();
  }
}
