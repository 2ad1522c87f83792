import type { AioContext } from '@coaio/aio-context';
import { type Co, Coroutine } from '@coaio/coroutine';
import { isNbdError } from '@coaio/nbd-protocol';
import { type QIOChannel, QIOChannelTls, ReadWindow, WriteBatch } from '@coaio/qio-channel';
import { ClientDroppedError } from '../client-dropped-error.js';
import type { ExportTable } from '../exports/export-table.js';
import type { ServedExport } from '../exports/served-export.js';
import type { ServerSettings } from '../nbd-server-options.js';
import { type ConnectionState, TRANSITIONS } from './connection-state.js';
import { InFlight } from './in-flight.js';
import { type Negotiated, Negotiation } from './negotiation.js';
import { CountedReplies } from './replies/counted-replies.js';
import { repliesFor } from './replies/replies-for.js';
import { RequestCounts } from './request-counts.js';
import { Transmission } from './transmission.js';

const NS_PER_MS = 1e6;

/** One client, from its greeting to the end of its channel. */
export class Connection {
  readonly counts = new RequestCounts();
  readonly #clientName: string;
  readonly #settings: ServerSettings;
  readonly #context: AioContext;
  readonly #negotiation: Negotiation;
  #state: ConnectionState = 'handshake';
  #failure: unknown;
  /** What exists of the transmission phase. */
  #inFlight: InFlight | null = null;
  #release: () => void = () => {};

  constructor(channel: QIOChannel, exports: ExportTable, settings: ServerSettings, context: AioContext) {
    this.#clientName = channel.name;
    this.#settings = settings;
    this.#context = context;
    this.#negotiation = new Negotiation(channel, exports, settings);
  }

  /** The export that the client has chosen. */
  get served(): ServedExport | null {
    return this.#negotiation.served;
  }

  /** What `onConnectionError` was told of it. */
  get failure(): unknown {
    return this.#failure;
  }

  /** Whether the client is talked to inside TLS. */
  get isSecured(): boolean {
    return this.#negotiation.channel instanceof QIOChannelTls;
  }

  /** Serves the client to its end; run once, in a coroutine. What goes wrong is reported, never thrown. */
  *serve(): Co<void> {
    try {
      const negotiated = yield* this.#negotiate();
      if (negotiated !== null && this.#isIn('handshake')) yield* this.#transmit(negotiated);
    } catch (error) {
      this.abort(error);
    } finally {
      this.#close();
    }
  }

  /** Answers what options a client in its handshake still sends with NBD_REP_ERR_SHUTDOWN. */
  refuseOptions(): void {
    this.#negotiation.shutdown();
  }

  /** Answers the requests that were taken, and what comes until then with NBD_ESHUTDOWN; then ends. */
  drain(): void {
    if (this.#state === 'handshake') this.#close();
    else if (this.#state === 'transmission') {
      this.#move('draining');
      Coroutine.create(() => this.#endWhenIdle(), 'drain').enter(this.#context);
    }
  }

  /** Ends now. Replies that are not written are dropped. */
  abort(why: unknown): void {
    if (this.#state === 'closed') return;
    this.#close();
    this.#complain(why);
  }

  *#negotiate(): Co<Negotiated | null> {
    const { handshakeTimeoutMs, clock } = this.#settings;
    const deadline = this.#context.createTimer(() => this.abort(this.#tooSlow()), clock);
    if (handshakeTimeoutMs > 0) deadline.mod(clock.nowNs() + handshakeTimeoutMs * NS_PER_MS);
    try {
      return yield* this.#negotiation.run();
    } finally {
      deadline.del();
    }
  }

  *#transmit(negotiated: Negotiated): Co<void> {
    this.#move('transmission');
    const { channel } = this.#negotiation;
    const window = new ReadWindow(channel);
    window.put(negotiated.rest);
    const batch = new WriteBatch(channel, this.#context, (error) => this.abort(error));
    const inFlight = new InFlight(this.#settings, batch);
    const replies = new CountedReplies(repliesFor(negotiated, batch), this.counts);
    this.#inFlight = inFlight;
    this.#release = () => {
      replies.close();
      batch.close();
      inFlight.abandon();
    };
    const draining = (): boolean => this.#state !== 'transmission';
    const transmission = new Transmission({ channel, window, negotiated, inFlight, replies, draining });
    try {
      yield* transmission.receive();
    } catch (error) {
      // The client cannot be understood any further; what it asked for before is answered.
      if (!isNbdError(error) || this.#isIn('closed')) throw error;
      this.#complain(error);
    }
    if (this.#isIn('transmission')) this.#move('draining');
    yield* inFlight.idle();
    yield* batch.drained();
  }

  /** Until the backend has answered, the client may still ask, and is told that it had better leave. */
  *#endWhenIdle(): Co<void> {
    if (this.#inFlight !== null) yield* this.#inFlight.idle();
    if (this.#isIn('draining')) this.#negotiation.channel.shutdown('read');
  }

  #close(): void {
    if (this.#state === 'closed') return;
    this.#move('closed');
    this.#release();
    this.#negotiation.channel.close();
  }

  #complain(error: unknown): void {
    this.#failure = error;
    this.#settings.onConnectionError(error, this.#clientName);
  }

  #tooSlow(): ClientDroppedError {
    const detail = `the client did not choose an export within ${this.#settings.handshakeTimeoutMs} ms`;
    return new ClientDroppedError('NBD_HANDSHAKE_TIMEOUT', 'handshake', detail);
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
  }
}
