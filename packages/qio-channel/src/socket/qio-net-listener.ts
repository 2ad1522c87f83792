import type { Co } from '@coaio/coroutine';
import type { IOOptions } from '../qio-channel.js';
import { QIOChannelError } from '../qio-channel-error.js';
import { assertAddress } from './assert-address.js';
import { type ClientFunc, ClientHandout } from './client-handout.js';
import {
  closeListeningSocket,
  type ListeningSocket,
  type ListeningSocketEvents,
  openListeningDescriptor,
  openListeningSocket,
} from './listening-socket.js';
import {
  type NetListenerOptions,
  type NetListenerSettings,
  netListenerSettings,
} from './net-listener-options.js';
import type { QIOChannelSocket } from './qio-channel-socket.js';
import { formatAddress, type SocketAddress } from './socket-address.js';

/** Accepts connections, and gives each as a channel to the client function or to who waits for one (QEMU's `QIONetListener`). */
export class QIONetListener {
  /** Where it listens, in the order asked for; a port that the system chose is filled in. */
  readonly addresses: readonly SocketAddress[];
  readonly #sockets: readonly ListeningSocket[];
  readonly #handout: ClientHandout;
  #disconnected: Promise<void> | null = null;

  /**
   * Listens at `addresses`, at all of them or none (`qio_net_listener_open_sync`). A Unix socket that nobody listens on any more is replaced.
   *
   * @throws QIOChannelError `QIO_CHANNEL_LISTEN` with the system's `errno`; `QIO_CHANNEL_ADDRESS`; `QIO_CHANNEL_BAD_ARGUMENT`;
   * `QIO_CHANNEL_UNSUPPORTED`.
   */
  static async open(
    addresses: SocketAddress | readonly SocketAddress[],
    options: NetListenerOptions = {},
  ): Promise<QIONetListener> {
    const asked = Array.isArray(addresses)
      ? (addresses as readonly SocketAddress[])
      : [addresses as SocketAddress];
    if (asked.length === 0) throw nowhere('addresses');
    for (const address of asked) assertAddress(address, 'listen');
    const settings = netListenerSettings(options, asked);
    return await QIONetListener.#openAll(asked.map(formatAddress), settings, asked, (address, events) =>
      openListeningSocket(address, settings, events),
    );
  }

  /**
   * Takes over sockets that listen already, by their descriptors: those that systemd gives to a service that it starts for its first client
   * are 3 and on. A Unix socket's file is whoever made it's to remove.
   *
   * @throws QIOChannelError `QIO_CHANNEL_LISTEN`: one of them is no such socket; `QIO_CHANNEL_BAD_ARGUMENT`.
   */
  static async fromDescriptors(
    descriptors: readonly number[],
    options: Omit<NetListenerOptions, 'reusePort' | 'mode'> = {},
  ): Promise<QIONetListener> {
    if (descriptors.length === 0) throw nowhere('descriptors');
    const settings = netListenerSettings(options, []);
    const names = descriptors.map((fd) => `descriptor ${fd}`);
    return await QIONetListener.#openAll(names, settings, descriptors, (fd, events) =>
      openListeningDescriptor(fd, settings, events),
    );
  }

  static async #openAll<T>(
    names: readonly string[],
    settings: NetListenerSettings,
    places: readonly T[],
    open: (place: T, events: ListeningSocketEvents) => Promise<ListeningSocket>,
  ): Promise<QIONetListener> {
    const handout = new ClientHandout(names.join(', '), settings);
    const events = new Events(handout, settings);
    const sockets: ListeningSocket[] = [];
    try {
      for (const place of places) sockets.push(await open(place, events));
    } catch (error) {
      handout.close();
      await Promise.all(sockets.map(closeListeningSocket));
      throw error;
    }
    return new QIONetListener(sockets, handout);
  }

  private constructor(sockets: readonly ListeningSocket[], handout: ClientHandout) {
    this.#sockets = sockets;
    this.#handout = handout;
    this.addresses = sockets.map(({ address }) => address);
  }

  /** The first of {@link addresses}. */
  get address(): SocketAddress {
    return this.addresses[0] as SocketAddress;
  }

  /** Whether it listens (`qio_net_listener_is_connected`). */
  get isConnected(): boolean {
    return this.#disconnected === null;
  }

  /**
   * Who gets the channels, and owns them (`qio_net_listener_set_client_func`). Until it is set, and with null, clients wait in the backlog.
   * When it throws its channel is closed, and the error is the thread's uncaught exception.
   */
  setClientFunc(clientFunc: ClientFunc | null): void {
    this.#handout.setClientFunc(clientFunc);
  }

  /**
   * Waits for a client and returns its channel, which belongs to the caller (`qio_net_listener_wait_client`). Clients go to who waits
   * before they go to the client function, and to those who wait in their order.
   *
   * @throws QIOChannelError `QIO_CHANNEL_SHUT_DOWN`: the listener was disconnected; the signal's reason.
   */
  waitClient(options?: IOOptions): Co<QIOChannelSocket> {
    return this.#handout.waitClient(options);
  }

  /**
   * Stops listening everywhere, and closes clients that have not been given out; channels that were are not touched
   * (`qio_net_listener_disconnect`). Again: waits for the same end.
   */
  disconnect(): Promise<void> {
    if (this.#disconnected === null) {
      // Listening ends before anybody is told that it has.
      this.#disconnected = Promise.all(this.#sockets.map(closeListeningSocket)).then(() => {});
      this.#handout.close();
    }
    return this.#disconnected;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.disconnect();
  }
}

class Events implements ListeningSocketEvents {
  readonly #handout: ClientHandout;
  readonly #settings: NetListenerSettings;
  /** The address where accepting fails, and was said to. */
  readonly #failing = new Set<SocketAddress>();

  constructor(handout: ClientHandout, settings: NetListenerSettings) {
    this.#handout = handout;
    this.#settings = settings;
  }

  accepted(socket: Parameters<ListeningSocketEvents['accepted']>[0], address: SocketAddress): void {
    this.#failing.delete(address);
    this.#handout.arrive({ socket, address });
  }

  /** The client is still in the system's backlog, which says so again and again. */
  failed(cause: Error, address: SocketAddress): void {
    if (this.#failing.has(address)) return;
    this.#failing.add(address);
    const error = new QIOChannelError('QIO_CHANNEL_IO', `accept on ${formatAddress(address)}`, cause);
    if (this.#settings.onError === null) process.emitWarning(error);
    else this.#settings.onError(error);
  }
}

function nowhere(what: string): QIOChannelError {
  return new QIOChannelError('QIO_CHANNEL_BAD_ARGUMENT', `listen: 0 ${what} given, at least one is needed`);
}
