// What a thread of NbdServerThreads runs. The state is this thread's: it has one server for all its life.
import { QIOChannel, type QIOChannelHandle, type SocketAddress } from '@coaio/qio-channel';
import { Listeners } from '../listeners.js';
import { NbdServer } from '../nbd-server.js';
import type { NbdServerStatistics } from '../server-statistics.js';
import { SharedConnectionLimit, type SharedLimitHandle } from './shared-connection-limit.js';

interface Its {
  readonly server: NbdServer;
  readonly module: ServerModule;
  readonly limit: SharedConnectionLimit | null;
}

interface ServerModule {
  readonly url: string;
  readonly exports: Record<string, unknown>;
}

let made: Its | undefined;
const listeners = new Listeners((channel) => void serveChannel(channel));
/** Drains that were not undone, by the number that the main thread gave them. */
const drains = new Map<number, { abort: AbortController; exportName: string | undefined; isDone: boolean }>();
let end = (): void => {};
const ended = new Promise<void>((resolve) => (end = resolve));

function its(): Its {
  if (made === undefined) throw new Error('the thread has no server');
  return made;
}

/** @throws TypeError what the function returned is no server of this package. */
export async function make(
  moduleUrl: string,
  exportName: string,
  args: readonly unknown[],
  index: number,
  limit: SharedLimitHandle | null,
): Promise<void> {
  const module = { url: moduleUrl, exports: (await import(moduleUrl)) as Record<string, unknown> };
  const server: unknown = await functionOf(module, exportName)(...args);
  if (!(server instanceof NbdServer))
    throw new TypeError(`"${exportName}" of ${moduleUrl} gave no NbdServer`);
  made = { server, module, limit: limit === null ? null : new SharedConnectionLimit(limit, index) };
}

/** @returns when {@link close} has been called: who waits for it learns of the end of the thread before. */
export function untilClosed(): Promise<void> {
  return ended;
}

/** At a port where other threads listen too. */
export async function listen(address: SocketAddress): Promise<SocketAddress> {
  const listener = await listeners.open(address, { reusePort: true });
  listeners.add(listener);
  return listener.address;
}

export function uriAt(address: SocketAddress): string {
  return its().server.uriAt(address);
}

/** One client that the main thread has accepted, to its end. */
export async function serve(handle: QIOChannelHandle, address: SocketAddress | null): Promise<void> {
  await serveChannel(QIOChannel.attach(handle), address);
}

export async function call(exportName: string, args: readonly unknown[]): Promise<unknown> {
  const { server, module } = its();
  return await functionOf(module, exportName)(server, ...args);
}

export function statistics(): NbdServerStatistics {
  return its().server.statistics;
}

export async function drain(id: number, exportName: string | undefined): Promise<void> {
  const begun = { abort: new AbortController(), exportName, isDone: false };
  drains.set(id, begun);
  try {
    await its().server.drain(exportName, { signal: begun.abort.signal });
    begun.isDone = true;
  } catch (error) {
    drains.delete(id);
    throw error;
  }
  // Its abort came when the drain was over, and nobody had been told yet.
  if (!drains.has(id)) await resume(exportName);
}

/** The drain has succeeded everywhere: {@link resume} is to undo it. */
export function keepDrain(id: number): void {
  drains.delete(id);
}

/** Takes it back, done or not. */
export async function undoDrain(id: number): Promise<void> {
  const begun = drains.get(id);
  drains.delete(id);
  if (begun === undefined) return;
  if (begun.isDone) await resume(begun.exportName);
  else begun.abort.abort();
}

export async function resume(exportName: string | undefined): Promise<void> {
  await its().server.resume(exportName === undefined ? {} : { exportName });
}

export async function close(): Promise<void> {
  try {
    await listeners.disconnect();
    await made?.server.close();
  } finally {
    end();
  }
}

function serveChannel(channel: QIOChannel, address?: SocketAddress | null): Promise<void> {
  const { server, limit } = its();
  return server.serveChannel(channel, { limit, ...(address != null && { address }) });
}

function functionOf({ url, exports }: ServerModule, name: string): (...args: unknown[]) => unknown {
  const found = exports[name];
  if (typeof found !== 'function') throw new TypeError(`${url} has no function "${name}"`);
  return found as (...args: unknown[]) => unknown;
}
