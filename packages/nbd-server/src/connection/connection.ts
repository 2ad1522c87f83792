import { type AioContext, getCurrentAioContext } from '@coaio/aio-context';
import { aioCoRescheduleSelf, type Co, Coroutine, coRun } from '@coaio/coroutine';
import { isNbdError } from '@coaio/nbd-protocol';
import { type QIOChannel, QIOChannelTls, ReadWindow, WriteBatch } from '@coaio/qio-channel';
import type { ExportTable } from '../exports/export-table.js';
import type { ServedExport } from '../exports/served-export.js';
import type { ServerSettings } from '../nbd-server-options.js';
import type { ServerContexts } from '../server-contexts.js';
import type { ServerMemory } from '../server-memory.js';
import { type ConnectionState, TRANSITIONS } from './connection-state.js';
import { InFlight } from './in-flight.js';
import { type Negotiated, Negotiation } from './negotiation.js';
import { CountedReplies } from './replies/counted-replies.js';
import { repliesFor } from './replies/replies-for.js';
import { RequestCounts } from './request-counts.js';
import { Transmission } from './transmission.js';
import { Watchdogs } from './watchdogs.js';

/** One client, from its greeting to the end of its channel. */
export class Connection {
  readonly counts = new RequestCounts();
  readonly #clientName: string;
  readonly #settings: ServerSettings;
  readonly #contexts: ServerContexts;
  readonly #memory: ServerMemory;
  readonly #negotiation: Negotiation;
  readonly #watchdogs: Watchdogs;
  #context: AioContext;
  #state: ConnectionState = 'handshake';
  /** Whether {@link #context} has anything of it: its reader, its timers, what is to be written. */
  #attached = true;
  #failure: unknown;
  /** What exists of the transmission phase. */
  #inFlight: InFlight | null = null;
  #batch: WriteBatch | null = null;
  #release: () => void = () => {};

  constructor(
    channel: QIOChannel,
    exports: ExportTable,
    settings: ServerSettings,
    contexts: ServerContexts,
    memory: ServerMemory,
  ) {
    this.#clientName = channel.name;
    this.#settings = settings;
    this.#contexts = contexts;
    this.#memory = memory;
    this.#context = contexts.main;
    this.#negotiation = new Negotiation(channel, exports, settings);
    this.#watchdogs = new Watchdogs(settings, (why) => this.abort(why));
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

  get isAttached(): boolean {
    return this.#attached && this.#state !== 'closed';
  }

  /** Answers what options a client in its handshake still sends with NBD_REP_ERR_SHUTDOWN. */
  refuseOptions(): void {
    this.#negotiation.shutdown();
  }

  /**
   * Takes no request from now on, answers those that were taken, and writes the replies (`nbd_drained_begin`).
   * @returns once it is attached to no context, is open again, or has ended.
   */
  quiesce(): Promise<void> {
    if (this.#state === 'closed') return Promise.resolve();
    const { gate } = this.#negotiation;
    gate.shut();
    this.#inFlight?.leaveLine();
    return coRun(() => this.#quiet(), { context: this.#here(), name: 'quiesce' });
  }

  /** Goes on in `context` if it is attached to none, else where it is (`nbd_drained_end`). */
  resume(context: AioContext): void {
    if (this.#state === 'closed') return;
    if (!this.#attached) this.#attach(context);
    this.#negotiation.gate.open(this.#context);
  }

  /** Answers the requests that were taken, and what comes until then with NBD_ESHUTDOWN; then ends. */
  finish(): void {
    if (this.#state === 'handshake') this.#close();
    else if (this.#state === 'transmission') {
      this.resume(this.#here());
      this.#move('draining');
      this.#inFlight?.leaveLine();
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
    this.#watchdogs.attach(this.#context);
    try {
      return yield* this.#negotiation.run();
    } finally {
      this.#watchdogs.detach();
    }
  }

  *#transmit(negotiated: Negotiated): Co<void> {
    const { served } = negotiated;
    yield* this.#goTo(this.#contexts.of(served));
    if (!this.#isIn('handshake')) return;
    this.#move('transmission');
    const { channel, gate } = this.#negotiation;
    const window = new ReadWindow(gate);
    window.put(negotiated.rest);
    const { total, free } = this.#memory;
    const failed = (error: unknown): void => this.abort(error);
    const batch = new WriteBatch(channel, this.#context, failed, () => inFlight.account());
    const inFlight = new InFlight(this.#settings, total, batch, served.requests);
    const replies = new CountedReplies(repliesFor(negotiated, batch), this.counts);
    this.#inFlight = inFlight;
    this.#batch = batch;
    this.#release = () => {
      replies.close();
      batch.close();
      inFlight.abandon();
    };
    const draining = (): boolean => this.#state !== 'transmission';
    this.#watchdogs.transmission(gate, inFlight, batch, this.#context);
    if (this.#contexts.isDrained(served)) void this.quiesce();
    const transmission = new Transmission({ gate, window, negotiated, inFlight, free, replies, draining });
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

  *#goTo(context: AioContext): Co<void> {
    if (context === this.#context) return;
    yield* aioCoRescheduleSelf(context);
    this.#context = context;
  }

  *#quiet(): Co<void> {
    const { gate } = this.#negotiation;
    while (gate.isShut && !this.#isQuiet()) {
      yield* gate.parked();
      if (this.#inFlight !== null) yield* this.#inFlight.idle();
      if (this.#batch !== null) yield* this.#batch.drained();
    }
    if (gate.isShut) this.#detach();
  }

  #isQuiet(): boolean {
    const owed = this.#batch?.pendingBytes ?? 0;
    return this.#negotiation.gate.isParked && (this.#inFlight?.isEmpty ?? true) && owed === 0;
  }

  #detach(): void {
    this.#attached = false;
    this.#watchdogs.detach();
    this.#batch?.detach();
    this.#inFlight?.park();
  }

  #attach(context: AioContext): void {
    this.#batch?.attach(context);
    this.#inFlight?.unpark();
    this.#watchdogs.attach(context);
    this.#context = context;
    this.#attached = true;
  }

  /** Where the end of a connection may run that is attached to no context: the one it had may be closed. */
  #here(): AioContext {
    return this.#attached ? this.#context : (getCurrentAioContext() ?? this.#contexts.main);
  }

  /** Until the backend has answered, the client may still ask, and is told that it had better leave. */
  *#endWhenIdle(): Co<void> {
    if (this.#inFlight !== null) yield* this.#inFlight.idle();
    if (this.#isIn('draining')) this.#negotiation.channel.shutdown('read');
  }

  #close(): void {
    if (this.#state === 'closed') return;
    this.#move('closed');
    this.#watchdogs.detach();
    this.#release();
    this.#negotiation.channel.close();
    this.#negotiation.gate.end(this.#here());
  }

  #complain(error: unknown): void {
    this.#failure = error;
    this.#settings.onConnectionError(error, this.#clientName);
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
