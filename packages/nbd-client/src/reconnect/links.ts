import { type AioTimer, throwUncaught } from '@coaio/aio-context';
import { CoQueue, type CoQueueWaitOptions } from '@coaio/co-queue';
import { type Co, Coroutine, CoSleep, onAbort } from '@coaio/coroutine';
import { NbdUsageError } from '@coaio/nbd-protocol';
import { connectChannel, reconnectChannel } from '../client-diagnostics.js';
import { ClientStatistics } from '../client-statistics.js';
import { atOnce } from '../commands/at-once.js';
import { Connection } from '../connection.js';
import { type NbdClientEvent, tell } from '../nbd-client-event.js';
import type { ConnectPlan } from '../negotiation/connect-plan.js';
import type { Negotiated } from '../negotiation/negotiate.js';
import type { Opened } from '../negotiation/open-connection.js';
import type { DoAgain } from '../requests/in-flight-requests.js';
import { startTimer } from '../start-timer.js';
import { exportChanged, isSameExport } from './export-change.js';
import { GROUP_TRANSITIONS, type GroupState } from './group-state.js';
import { Link } from './link.js';
import { LivenessProbe } from './liveness-probe.js';
import { LostWrites } from './lost-writes.js';

/** A server may accept a connection and stay silent on it: of a client that has others, `connect` waits no longer for it. */
const FURTHER_CONNECTIONS_NS = 1e9;

/**
 * The places of a client's connections. One that has lost its connection is filled again, if that was asked for (QEMU's reconnect, for
 * several connections).
 *
 * The caller is told of what happens last of all: it may close the client, or use it, while it is told.
 */
export class Links {
  readonly statistics = new ClientStatistics();
  readonly lostWrites = new LostWrites();
  /** Told before the caller is. */
  listener: ((event: NbdClientEvent) => void) | null = null;
  /** All that have not ended: those of the links, and those that are closing. */
  readonly connections = new Set<Connection>();
  /** Those that take no requests any more, why, and how many of their unflushed writes {@link lostWrites} knows of. */
  readonly #leaving = new Map<Connection, { readonly reason: unknown; readonly unflushed: number }>();
  readonly #plan: ConnectPlan;
  readonly #again: DoAgain | undefined;
  readonly #links: Link[] = [];
  /** Requests that wait for a connection. */
  readonly #available = new CoQueue('a connection');
  #state: GroupState = 'connected';
  #negotiated: Negotiated;
  #connectionsMade = 0;
  #delay: AioTimer | undefined;
  #lostBecause: unknown;
  #takeBackAbort: () => void = () => {};

  /**
   * @param opened the first connection
   * @param again what is done with requests whose connection was lost
   */
  constructor(plan: ConnectPlan, opened: Opened, again: DoAgain) {
    const { connections, reconnectDelayMs, signal } = plan;
    this.#plan = plan;
    this.#again = connections > 1 || reconnectDelayMs !== undefined ? again : undefined;
    this.#negotiated = opened.negotiated;
    this.#adopt(this.#newLink(), opened);
    if (signal !== undefined && !this.#hasQuit)
      this.#takeBackAbort = onAbort(signal, () =>
        // A null reason would say that its owner has closed it.
        this.fail(signal.reason ?? new Error('the signal of the client was aborted with null')),
      );
  }

  get negotiated(): Negotiated {
    return this.#negotiated;
  }

  get state(): GroupState {
    return this.#state;
  }

  /** Why there is no connection; null: its owner wished so. */
  get lostBecause(): unknown {
    return this.#lostBecause;
  }

  /** Connections that take requests. */
  live(): Connection[] {
    return this.#links.flatMap(({ connection }) => (connection === null ? [] : [connection]));
  }

  leastBusy(): Connection | null {
    let best: Connection | null = null;
    for (const { connection } of this.#links) {
      if (connection !== null && (best === null || connection.inFlight < best.inFlight)) best = connection;
    }
    return best;
  }

  /** Waits while there is no connection, but may be one soon. @throws the reason of the signal. */
  *available(options: CoQueueWaitOptions): Co<void> {
    options.signal?.throwIfAborted();
    while (this.#state === 'connecting-wait') yield* this.#available.wait(undefined, options);
  }

  /**
   * Makes the further connections that the plan wants and the server allows, and waits a while for them. One that comes later joins the
   * others then, one that cannot be had is told of.
   */
  *widen(): Co<void> {
    const { connections, context, clock } = this.#plan;
    if (!this.#negotiated.export.canMultiConn) return;
    const links = Array.from({ length: connections - 1 }, () => this.#newLink());
    const fill = (link: Link): Co<void> => this.#fill(link, false);
    const patience = new CoSleep('further connections');
    let filling = true;
    Coroutine.create(function* () {
      yield* atOnce(links, fill);
      filling = false;
      patience.wake();
    }, 'further connections').enter(context);
    if (filling) yield* patience.sleep(FURTHER_CONNECTIONS_NS, clock);
  }

  /** No more connections, and no more requests on those that there are. @param reason null: its owner wished so */
  quit(reason: unknown): void {
    if (this.#state === 'quit') {
      // Lost, and closed by its owner since.
      if (reason === null) this.#lostBecause = null;
      return;
    }
    this.#move('quit');
    this.#lostBecause = reason;
    this.#delay?.del();
    this.#letGo();
    for (const link of this.#links) link.release();
    this.#available.restartAll();
  }

  /** Ends all connections: what is in flight fails with `reason`, and so does all that comes later. */
  fail(reason: unknown): void {
    this.quit(reason);
    for (const connection of this.connections) {
      const isToldOf = this.#leaving.has(connection) || connection.unflushedWrites === 0;
      if (!isToldOf) this.#countLost(connection, reason);
      connection.fail(reason);
    }
  }

  /** Connections that take no requests any more may have answered writes since then: those may be lost too. */
  countAnswered(): void {
    for (const [connection, { reason, unflushed }] of this.#leaving)
      if (connection.unflushedWrites > unflushed) this.#countLost(connection, reason);
  }

  #newLink(): Link {
    const index = this.#links.length;
    const link: Link = new Link(index, this.#plan, (error) => {
      // It will not be otherwise next time.
      if (error instanceof NbdUsageError) link.setRetry(false);
      this.#tell({ type: 'connect-failed', connection: index, error });
    });
    this.#links.push(link);
    return link;
  }

  /** Gives the link a connection. Without one to be had it stays empty. */
  *#fill(link: Link, retry: boolean): Co<void> {
    if (this.#hasQuit) return;
    let opened: Opened;
    try {
      opened = yield* link.establish(retry);
    } catch (error) {
      if (!retry && this.#plan.reconnectDelayMs !== undefined) this.#refill(link);
      else if (this.live().length === 0) this.quit(error);
      return;
    }
    const change = this.#change(opened.negotiated);
    // The server may have been one for several before: what one connection writes, another need not see any more.
    const joins = this.#negotiated.export.canMultiConn || this.live().length === 0;
    // Whoever was asked about the change may have closed the client.
    if (change === null && joins && !this.#hasQuit) {
      this.#adopt(link, opened);
      return;
    }
    opened.channel.close();
    // One that comes late says nothing of those that are being made again.
    const mayReturn = !retry && this.#plan.reconnectDelayMs !== undefined;
    if (this.live().length === 0 && !mayReturn) this.quit(change);
  }

  #refill(link: Link): void {
    Coroutine.create(() => this.#fill(link, true), 'reconnect').enter(this.#plan.context);
  }

  #adopt(link: Link, { channel, negotiated }: Opened): void {
    const { context, clock, requestTimeoutMs, livenessMs } = this.#plan;
    const returns = link.wasFilled;
    this.#connectionsMade++;
    let probe: LivenessProbe | undefined;
    const connection: Connection = new Connection(channel, negotiated, {
      context,
      clock,
      requestTimeoutMs,
      statistics: this.statistics,
      again: this.#again,
      connectionsMade: () => this.#connectionsMade,
      ending: (reason) => {
        if (link.connection === connection) this.#lost(link, connection, reason);
      },
      ended: () => {
        probe?.end();
        this.connections.delete(connection);
        this.#letGo();
        this.countAnswered();
        this.#leaving.delete(connection);
      },
    });
    link.fill(connection);
    this.connections.add(connection);
    if (livenessMs > 0) probe = new LivenessProbe(connection, context, clock, livenessMs);
    this.#move('connected');
    this.#delay?.del();
    this.#available.restartAll();
    if (connectChannel.hasSubscribers)
      connectChannel.publish({ connection: connection.name, export: negotiated.export });
    if (returns) {
      this.statistics.reconnects++;
      this.#tell({ type: 'reconnected', connection: link.index });
    }
    connection.start();
  }

  /** The link's `connection` takes requests no more. */
  #lost(link: Link, connection: Connection, reason: unknown): void {
    link.empty();
    this.#countLost(connection, reason);
    const { reconnectDelayMs } = this.#plan;
    const isAlone = this.live().length === 0;
    if (reconnectDelayMs !== undefined) {
      this.#lostBecause = reason;
      if (isAlone) this.#reconnecting(reconnectDelayMs);
      if (reconnectChannel.hasSubscribers) reconnectChannel.publish({ connection: connection.name, reason });
    } else if (isAlone) this.quit(reason);
    this.#tell({ type: 'connection-lost', connection: link.index, error: reason });
    if (reconnectDelayMs !== undefined) this.#refill(link);
  }

  #countLost(connection: Connection, reason: unknown): void {
    this.#leaving.set(connection, { reason, unflushed: connection.unflushedWrites });
    const alive = this.#negotiated.export.canMultiConn ? this.live() : [];
    this.lostWrites.lost(connection, connection.unflushedWrites > 0, reason, alive);
  }

  /** There is no connection: requests wait so long for one. */
  #reconnecting(ms: number): void {
    this.#move(ms > 0 ? 'connecting-wait' : 'connecting-nowait');
    const { context, clock } = this.#plan;
    this.#delay = startTimer(context, clock, ms, () => {
      if (this.#state !== 'connecting-wait') return;
      this.#move('connecting-nowait');
      this.#available.restartAll();
      this.#tell({ type: 'reconnect-delay-over' });
    });
  }

  /** Why a connection to an export that looks so is not taken; null: it is. */
  #change(negotiated: Negotiated): unknown {
    if (isSameExport(this.#negotiated, negotiated)) return null;
    const { export: before } = this.#negotiated;
    const { export: after } = negotiated;
    let accepted = false;
    try {
      accepted = this.#plan.onExportChanged?.(before, after) === true;
    } catch (error) {
      throwUncaught(error);
    }
    const change = exportChanged(this.#negotiated, negotiated);
    if (accepted) this.#negotiated = negotiated;
    this.#tell({ type: 'export-changed', before, after, accepted });
    return accepted ? null : change;
  }

  /** The signal may end what is closing. */
  #letGo(): void {
    if (this.#hasQuit && this.connections.size === 0) this.#takeBackAbort();
  }

  /** Asked anew: it may change at every yield, and whenever the caller is told something. */
  get #hasQuit(): boolean {
    return this.#state === 'quit';
  }

  #tell(event: NbdClientEvent): void {
    this.listener?.(event);
    tell(this.#plan, event);
  }

  #move(to: GroupState): void {
    if (to === this.#state) return;
    if (!GROUP_TRANSITIONS[this.#state].includes(to)) {
      throw new Error(`client cannot go from ${this.#state} to ${to}`);
    }
    this.#state = to;
  }
}
