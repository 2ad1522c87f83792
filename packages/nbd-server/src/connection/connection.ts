import type { AioContext } from '@coaio/aio-context';
import type { Co } from '@coaio/coroutine';
import { isNbdError } from '@coaio/nbd-protocol';
import { type QIOChannel, ReadWindow, WriteBatch } from '@coaio/qio-channel';
import { ClientDroppedError } from '../client-dropped-error.js';
import type { ExportTable } from '../exports/export-table.js';
import type { ServedExport } from '../exports/served-export.js';
import type { ServerSettings } from '../nbd-server-options.js';
import { type ConnectionState, TRANSITIONS } from './connection-state.js';
import { InFlight } from './in-flight.js';
import { type Negotiated, negotiate } from './negotiate.js';
import { Replies } from './replies.js';
import { Transmission } from './transmission.js';

const NS_PER_MS = 1e6;

/** One client, from its greeting to the end of its channel. */
export class Connection {
  readonly #channel: QIOChannel;
  readonly #exports: ExportTable;
  readonly #settings: ServerSettings;
  readonly #context: AioContext;
  #state: ConnectionState = 'handshake';
  #served: ServedExport | null = null;
  /** Ends what exists of the transmission phase. */
  #release: () => void = () => {};

  constructor(channel: QIOChannel, exports: ExportTable, settings: ServerSettings, context: AioContext) {
    this.#channel = channel;
    this.#exports = exports;
    this.#settings = settings;
    this.#context = context;
  }

  /** The export that the client has chosen. */
  get served(): ServedExport | null {
    return this.#served;
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

  /** Takes no more requests, answers those that were taken, then ends. */
  drain(): void {
    if (this.#state === 'handshake') this.#close();
    else if (this.#state === 'transmission') {
      this.#move('draining');
      this.#channel.shutdown('read');
    }
  }

  /** Ends now. Replies that are not written are dropped. */
  abort(why: unknown): void {
    if (this.#state === 'closed') return;
    this.#close();
    this.#settings.onConnectionError(why, this.#channel.name);
  }

  *#negotiate(): Co<Negotiated | null> {
    const { handshakeTimeoutMs, clock, structuredReplies } = this.#settings;
    const deadline = this.#context.createTimer(() => this.abort(this.#tooSlow()), clock);
    if (handshakeTimeoutMs > 0) deadline.mod(clock.nowNs() + handshakeTimeoutMs * NS_PER_MS);
    try {
      return yield* negotiate(this.#channel, { directory: this.#exports, structuredReplies });
    } finally {
      deadline.del();
    }
  }

  *#transmit(negotiated: Negotiated): Co<void> {
    this.#move('transmission');
    const served = this.#exports.served(negotiated.export);
    this.#served = served;
    const { structuredReplies } = negotiated;
    const channel = this.#channel;
    const window = new ReadWindow(channel);
    window.put(negotiated.rest);
    const batch = new WriteBatch(channel, this.#context, (error) => this.abort(error));
    const inFlight = new InFlight(this.#settings, batch);
    const replies = new Replies(batch, structuredReplies);
    this.#release = () => {
      replies.close();
      batch.close();
      inFlight.abandon();
    };
    const draining = (): boolean => this.#state !== 'transmission';
    const transmission = new Transmission({
      channel,
      window,
      served,
      structuredReplies,
      inFlight,
      replies,
      draining,
    });
    try {
      yield* transmission.receive();
    } catch (error) {
      // The client cannot be understood any further; what it asked for before is answered.
      if (!isNbdError(error) || this.#isIn('closed')) throw error;
      this.#settings.onConnectionError(error, this.#channel.name);
    }
    if (this.#isIn('transmission')) this.#move('draining');
    yield* inFlight.idle();
    yield* batch.drained();
  }

  #close(): void {
    if (this.#state === 'closed') return;
    this.#move('closed');
    this.#release();
    this.#channel.close();
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
