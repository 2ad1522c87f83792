import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NBD_DEFAULT_PORT } from '@coaio/nbd-protocol';
import { QIOChannelStdio, QIONetListener, type SocketAddress } from '@coaio/qio-channel';
import { NbdServer } from '../nbd-server.js';
import { AccessLog } from './access-log.js';
import { takeActivatedDescriptors } from './activated-descriptors.js';
import { runCaptive } from './captive-run.js';
import { complain, printStatistics, textOf, withName } from './messages.js';
import { openExports } from './open-exports.js';
import { openTls, withLocalTls } from './open-tls.js';
import { DEFAULT_HOST } from './parse-address.js';
import type { ServePlan } from './serve-plan.js';
import { signalToStop } from './signal-to-stop.js';

/** Serves as `plan` says, to the end. @returns the exit status. @throws why it cannot. */
export async function serve(plan: ServePlan): Promise<number> {
  const descriptors = takeActivatedDescriptors(process.env, process.pid);
  const server = await makeServer(plan);
  process.on('SIGUSR1', () => printStatistics(server.statistics));
  try {
    await openExports(server, plan);
    if (descriptors.length > 0) return await serveDescriptors(server, plan, descriptors);
    return await (plan.stdio ? serveStdio(server) : serveAddresses(server, plan));
  } finally {
    await server.close();
    if (plan.statistics) printStatistics(server.statistics);
  }
}

async function makeServer({ tls, accessLog, maxConnections, handshakeTimeoutMs }: ServePlan) {
  const log = accessLog === null ? null : new AccessLog(accessLog);
  return new NbdServer({
    ...(tls !== null && { tls: await openTls(tls) }),
    ...(maxConnections !== undefined && { maxConnections }),
    ...(handshakeTimeoutMs !== undefined && { handshakeTimeoutMs }),
    onConnectionError: (error, clientName) => complain(withName(clientName, textOf(error))),
    ...(log !== null && { onConnectionEnd: log.ended }),
  });
}

/** Whoever has made the sockets knows where they are, and it is theirs to say so. */
async function serveDescriptors(server: NbdServer, plan: ServePlan, descriptors: number[]): Promise<number> {
  const uris: string[] = [];
  for (const fd of descriptors) {
    uris.push(await server.listen(await QIONetListener.fromDescriptors([fd])));
  }
  return await untilTheEnd(plan, uris, plan.printUri, () => {});
}

async function serveStdio(server: NbdServer): Promise<number> {
  const served = server.serveChannel(QIOChannelStdio.open());
  await Promise.race([served, signalToStop(() => {})]);
  return 0;
}

async function serveAddresses(server: NbdServer, plan: ServePlan): Promise<number> {
  const isPrivate = plan.run !== null && plan.addresses.length === 0;
  const folder = isPrivate ? mkdtempSync(join(tmpdir(), 'nbd-serve-')) : null;
  const addresses = folder === null ? publicAddresses(plan) : [inFolder(folder)];
  const removeSockets = (): void => {
    for (const address of addresses) if (address.type === 'unix') rmSync(address.path, { force: true });
  };
  try {
    const uris: string[] = [];
    for (const address of addresses) uris.push(await server.listen(address));
    return await untilTheEnd(plan, uris, plan.run === null || plan.printUri, removeSockets);
  } finally {
    if (folder !== null) rmSync(folder, { recursive: true, force: true });
  }
}

/** @param leave for an exit that does not wait for the listeners. */
async function untilTheEnd(
  { run, tls }: ServePlan,
  uris: readonly string[],
  print: boolean,
  leave: () => void,
): Promise<number> {
  if (print) process.stdout.write(uris.map((uri) => `${uri}\n`).join(''));
  const [uri = ''] = uris;
  if (run !== null) return await runCaptive(run, withLocalTls(uri, tls));
  await signalToStop(leave);
  return 0;
}

function publicAddresses({ addresses }: ServePlan): readonly SocketAddress[] {
  return addresses.length > 0 ? addresses : [{ type: 'inet', host: DEFAULT_HOST, port: NBD_DEFAULT_PORT }];
}

function inFolder(folder: string): SocketAddress {
  return { type: 'unix', path: join(folder, 'nbd.sock') };
}
