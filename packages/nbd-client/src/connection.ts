import type { AioContext } from '@coaio/aio-context';
import { CoQueue } from '@coaio/co-queue';
import { type Co, Coroutine, coSelf, coYield } from '@coaio/coroutine';
import {
  type ExportInfo,
  encodeRequest,
  NBD_CMD_DISC,
  NBD_CMD_FLUSH,
  NBD_CMD_READ,
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
  readonly #context: AioContext;
  readonly #slots = new RequestSlots();
  readonly #window: ReadWindow;
  readonly #batch: WriteBatch;
  /** Those who wait for the last answer before the connection ends. */
  readonly #idle = new CoQueue();
  #inFlight = 0;
  #state: ConnectionState = 'connected';
  #lostBecause: unknown;

  /** Starts the receiver, in `context`. */
  constructor(channel: QIOChannel, negotiated: Negotiated, context: AioContext) {
    this.export = negotiated.export;
    this.structuredReplies = negotiated.structuredReplies;
    this.#channel = channel;
    this.#context = context;
    this.#batch = new WriteBatch(channel, context, (error) => this.fail(error));
    this.#window = new ReadWindow(channel);
    this.#window.bytes.set(negotiated.rest);
    this.#window.end = negotiated.rest.length;
    Coroutine.create(() => this.#receive(), 'receiver').enter(context);
  }

  /** A method, for the state may change at every yield. */
  isIn(state: ConnectionState): boolean {
    return this.#state === state;
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
   * Takes no more requests, waits for the answers to those in flight, flushes if `mustFlush` then says so, tells the
   * server and ends the connection.
   */
  *disconnect(mustFlush: () => boolean): Co<void> {
    if (!this.isIn('connected')) return;
    this.#move('closing');
    while (this.#inFlight > 0) yield* this.#idle.wait();
    try {
      if (this.isIn('closing') && mustFlush()) yield* this.#exchange(NBD_CMD_FLUSH, 0, 0, 0, null);
    } finally {
      if (this.isIn('closing')) yield* this.#sayGoodbye();
    }
  }

  /** The connection has failed: what is in flight fails, once each, and so does all that comes later. */
  fail(why: unknown): void {
    if (this.#state === 'lost' || this.#state === 'closed') return;
    this.#lostBecause = why;
    this.#move('lost');
    this.#batch.close();
    this.#channel.close();
    for (const request of this.#slots.unanswered()) {
      request.error ??= lost(describeRequest(request.describe()), why);
      this.answered(request);
    }
  }

  /** For the receiver. */
  answered(request: InFlightRequest): void {
    this.#inFlight--;
    request.settle();
    if (this.#inFlight === 0) this.#idle.restartAll();
  }

  /** For the receiver: from now on nothing is sent, what is in flight may still be answered. */
  serverShutsDown(): void {
    if (this.#state !== 'connected') return;
    this.#lostBecause = 'the server shuts down (ESHUTDOWN)';
    Coroutine.create(() => this.disconnect(() => false), 'soft disconnect').enter(this.#context);
  }

  *#exchange(
    type: number,
    flags: number,
    offset: number | bigint,
    length: number,
    buffer: Uint8Array | null,
  ): Co<void> {
    const request = this.#slots.take();
    request.begin(type, flags, offset, length, coSelf());
    this.#inFlight++;
    this.#send(request);
    if (type === NBD_CMD_READ) request.target = buffer;
    else if (buffer !== null) this.#batch.append(buffer);
    while (!request.settled) yield* coYield();
    const { error } = request;
    this.#slots.release(request);
    if (error !== null) throw error;
  }

  *#receive(): Co<void> {
    try {
      yield* receiveReplies(this.#window, this.#slots, this.structuredReplies, this);
      this.fail(`${this.#channel.name}: the server closed the connection`);
    } catch (error) {
      this.fail(error);
    }
  }

  #send(header: RequestHeader): void {
    const at = this.#batch.reserve(REQUEST_SIZE);
    encodeRequest(this.#batch.view, at, header);
  }

  *#sayGoodbye(): Co<void> {
    const header = newRequestHeader();
    header.type = NBD_CMD_DISC;
    this.#send(header);
    yield* this.#batch.drained();
    if (!this.isIn('closing')) return;
    this.#move('closed');
    this.#batch.close();
    // Not waiting for the server to close: one that ignores NBD_CMD_DISC would hold us.
    this.#channel.close();
  }

  #notConnected(type: number, offset: number | bigint, length: number): NbdError {
    const operation = type === NBD_CMD_FLUSH ? 'flush' : type === NBD_CMD_READ ? 'read' : 'write';
    const what = describeRequest({ operation, offset, length });
    if (this.#lostBecause !== undefined) return lost(what, this.#lostBecause);
    return new NbdUsageError('NBD_CLOSED', what, 'the client was closed');
  }

  #move(to: ConnectionState): void {
    if (!TRANSITIONS[this.#state].includes(to))
      throw new Error(`connection cannot go from ${this.#state} to ${to}`);
    this.#state = to;
  }
}

function lost(what: string, why: unknown): ConnectionLostError {
  return new ConnectionLostError(what, why instanceof Error || typeof why === 'string' ? why : String(why));
}
