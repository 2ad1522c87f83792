import { NbdServer } from '../nbd-server.js';
import type { NbdServerOptions } from '../nbd-server-options.js';
import type { Reports } from './host.js';
import { textOf } from './messages.js';
import { openExports } from './open-exports.js';
import { openTls } from './open-tls.js';
import type { ServePlan } from './serve-plan.js';

/** The server of a thread, with its exports. @throws what a file or a certificate cannot be opened for; NbdUsageError. */
export async function makeServer(
  plan: ServePlan,
  reports: Reports,
  options: Pick<NbdServerOptions, 'context' | 'maxConnections' | 'maxTotalInFlightBytes'>,
): Promise<NbdServer> {
  const { tls, handshakeTimeoutMs } = plan;
  const server = new NbdServer({
    ...options,
    ...(tls !== null && { tls: await openTls(tls) }),
    ...(handshakeTimeoutMs !== undefined && { handshakeTimeoutMs }),
    onConnectionError: (error, clientName) => reports.failed(clientName, textOf(error)),
    onConnectionEnd: (summary) => reports.ended(summary),
  });
  try {
    await openExports(server, plan);
  } catch (error) {
    await server.close();
    throw error;
  }
  return server;
}
