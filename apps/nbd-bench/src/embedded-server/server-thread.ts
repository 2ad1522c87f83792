// What the embedded server's thread is asked to do, through IOThread.run.
import type { NbdServer } from '@coaio/nbd-server';
import { startMemoryServer } from './memory-server.js';

// The state of this thread: it has one server.
let running: NbdServer | undefined;

/** @returns the URI. */
export async function startServer(socket: string): Promise<string> {
  const { server, uri } = await startMemoryServer(socket);
  running = server;
  return uri;
}

export async function stopServer(): Promise<void> {
  await running?.close();
}
