import {
  type ClientFunc,
  type NetListenerOptions,
  QIONetListener,
  type SocketAddress,
} from '@coaio/qio-channel';

/** The system's own default is two hours. */
const KEEP_ALIVE_IDLE_SECONDS = 60;

/** Where a server listens. */
export class Listeners {
  readonly #listeners = new Set<QIONetListener>();
  #clientFunc: ClientFunc | null;

  constructor(clientFunc: ClientFunc) {
    this.#clientFunc = clientFunc;
  }

  /** @throws QIOChannelError `QIO_CHANNEL_LISTEN`, `QIO_CHANNEL_ADDRESS`. */
  open(address: SocketAddress, options: NetListenerOptions = {}): Promise<QIONetListener> {
    return QIONetListener.open(withKeepAlive(address), options);
  }

  /** One that was opened gives out clients from now on. */
  add(listener: QIONetListener): void {
    this.#listeners.add(listener);
    listener.setClientFunc(this.#clientFunc);
  }

  /** Null: clients wait. */
  setClientFunc(clientFunc: ClientFunc | null): void {
    this.#clientFunc = clientFunc;
    for (const listener of this.#listeners) listener.setClientFunc(clientFunc);
  }

  async disconnect(): Promise<void> {
    await Promise.all([...this.#listeners].map((listener) => listener.disconnect()));
  }
}

/** Finds out within some minutes that a silent client is gone. Who has said anything of it keeps that. */
function withKeepAlive(address: SocketAddress): SocketAddress {
  if (address?.type !== 'inet' || address.keepAlive !== undefined) return address;
  return { ...address, keepAlive: true, keepAliveIdleSeconds: KEEP_ALIVE_IDLE_SECONDS };
}
