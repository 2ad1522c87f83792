import type { Socket } from 'node:net';
import { throwUncaught } from '@coaio/aio-context';
import {
  beginWait,
  type Co,
  coSelf,
  coYield,
  endWait,
  onAbort,
  type WaitedFor,
  WaitingLine,
} from '@coaio/coroutine';
import type { IOOptions } from '../qio-channel.js';
import { QIOChannelError } from '../qio-channel-error.js';
import { ClientWaiter } from './client-waiter.js';
import type { NetListenerSettings } from './net-listener-options.js';
import { QIOChannelSocket } from './qio-channel-socket.js';
import { formatAddress, type SocketAddress } from './socket-address.js';
import { socketNames } from './socket-names.js';

export type ClientFunc = (channel: QIOChannelSocket) => void;

/** A client that is connected and has not been read from. */
interface Client {
  readonly socket: Socket;
  /** Where it came. */
  readonly address: SocketAddress;
}

/**
 * Who gets which client of a listener: first a coroutine that waits for one, then the client function. While there is neither, or
 * no room, clients are held as they would be in the system's backlog, which Node empties by itself.
 *
 * Between two calls: if a client is held there is no room for it, or nobody to take it.
 */
export class ClientHandout implements WaitedFor {
  readonly kind = 'QIONetListener';
  readonly name: string;
  readonly #settings: NetListenerSettings;
  readonly #held: Client[] = [];
  readonly #waiters = new WaitingLine<ClientWaiter>();
  #clientFunc: ClientFunc | null = null;
  #open = true;
  /** Channels given out and not closed yet, and all that ever were. */
  #connected = 0;
  #accepted = 0;

  constructor(name: string, settings: NetListenerSettings) {
    this.name = name;
    this.#settings = settings;
  }

  setClientFunc(clientFunc: ClientFunc | null): void {
    this.#clientFunc = clientFunc;
    this.#giveOut();
  }

  /** From the event loop. */
  arrive(client: Client): void {
    const { backlog, whenFull } = this.#settings;
    if (!this.#open || (whenFull === 'refuse' && !this.#hasRoom)) {
      client.socket.destroy();
      return;
    }
    this.#held.push(client);
    this.#giveOut();
    if (this.#held.length > backlog) this.#held.pop()?.socket.destroy();
  }

  *waitClient({ signal }: IOOptions = {}): Co<QIOChannelSocket> {
    signal?.throwIfAborted();
    if (!this.#open) throw this.#disconnected();
    const held = this.#hasRoom ? this.#takeHeld() : null;
    if (held !== null) return held;
    const waiter = new ClientWaiter(coSelf());
    this.#waiters.push(waiter);
    const forget = signal === undefined ? null : onAbort(signal, () => this.#endWait(waiter, 'aborted'));
    beginWait(waiter.coroutine, this);
    try {
      // Woken by nobody of the listener: it waits on.
      while (waiter.state === 'waiting') yield* coYield();
    } finally {
      endWait(waiter.coroutine);
      forget?.();
    }
    if (waiter.channel !== null) return waiter.channel;
    if (waiter.state === 'aborted') throw signal?.reason;
    throw this.#disconnected();
  }

  /** Nobody gets a client any more: those that are held are closed, who waits for one is told. */
  close(): void {
    this.#open = false;
    for (const { socket } of this.#held.splice(0)) socket.destroy();
    for (let waiter = this.#waiters.first; waiter !== null; waiter = this.#waiters.first) {
      this.#endWait(waiter, 'disconnected');
    }
  }

  get #hasRoom(): boolean {
    return this.#connected < this.#settings.maxConnections;
  }

  #giveOut(): void {
    while (this.#hasRoom && (!this.#waiters.isEmpty || this.#clientFunc !== null)) {
      const channel = this.#takeHeld();
      if (channel === null) return;
      const waiter = this.#waiters.takeFirst();
      if (waiter !== null) waiter.give(channel);
      else this.#callClientFunc(channel);
    }
  }

  /** The channel of the client that has waited longest. One whose connection was reset meanwhile is not given to anybody. */
  #takeHeld(): QIOChannelSocket | null {
    for (let client = this.#held.shift(); client !== undefined; client = this.#held.shift()) {
      const { socket, address } = client;
      const names = socketNames(socket, 'accepted', address);
      if (names.remote !== null) {
        this.#connected++;
        const name = `client ${++this.#accepted} of ${formatAddress(address)}`;
        return QIOChannelSocket.fromAccepted(socket, { name, address, names, closed: () => this.#left() });
      }
      socket.destroy();
    }
    return null;
  }

  #left(): void {
    this.#connected--;
    this.#giveOut();
  }

  /** What it throws is not the affair of the listener, which has more clients. */
  #callClientFunc(channel: QIOChannelSocket): void {
    try {
      this.#clientFunc?.(channel);
    } catch (error) {
      channel.close();
      throwUncaught(error);
    }
  }

  #endWait(waiter: ClientWaiter, state: 'aborted' | 'disconnected'): void {
    if (waiter.state !== 'waiting') return;
    this.#waiters.remove(waiter);
    waiter.end(state);
  }

  #disconnected(): QIOChannelError {
    return new QIOChannelError(
      'QIO_CHANNEL_SHUT_DOWN',
      `${this.name}: waitClient: the listener was disconnected`,
    );
  }
}
