// What a thread of NbdServerThreads runs. The state is this thread's: it has one server for all its life.
import { QIOChannel, type QIOChannelHandle, QIONetListener, type SocketAddress } from '@coaio/qio-channel';
import { NbdServer } from '../nbd-server.js';

let server: NbdServer | undefined;
const listeners: QIONetListener[] = [];

function its(): NbdServer {
  if (server === undefined) throw new Error('the thread has no server');
  return server;
}

/** @throws TypeError what the function returned is no server of this package. */
export async function make(moduleUrl: string, exportName: string, args: unknown[]): Promise<void> {
  const module = (await import(moduleUrl)) as Record<string, unknown>;
  const entry = module[exportName];
  if (typeof entry !== 'function') throw new TypeError(`${moduleUrl} has no function "${exportName}"`);
  const made: unknown = await entry(...args);
  if (!(made instanceof NbdServer)) throw new TypeError(`"${exportName}" of ${moduleUrl} gave no NbdServer`);
  server = made;
}

/** At a port where other threads listen too. */
export async function listen(address: SocketAddress): Promise<SocketAddress> {
  const listener = await QIONetListener.open(address, { reusePort: true });
  listeners.push(listener);
  listener.setClientFunc((channel) => void its().serveChannel(channel));
  return listener.address;
}

export function uriAt(address: SocketAddress): string {
  return its().uriAt(address);
}

/** One client that the main thread has accepted, to its end. */
export async function serve(handle: QIOChannelHandle): Promise<void> {
  await its().serveChannel(QIOChannel.attach(handle));
}

export async function drain(exportName: string | undefined): Promise<void> {
  await its().drain(exportName);
}

export async function resume(exportName: string | undefined): Promise<void> {
  await its().resume(exportName === undefined ? {} : { exportName });
}

export async function close(): Promise<void> {
  await Promise.all(listeners.map((listener) => listener.disconnect()));
  await server?.close();
}
