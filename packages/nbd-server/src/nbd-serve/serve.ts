import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NBD_DEFAULT_PORT } from '@coaio/nbd-protocol';
import { QIOChannelStdio, QIONetListener, type SocketAddress } from '@coaio/qio-channel';
import { AccessLog } from './access-log.js';
import { takeActivatedDescriptors } from './activated-descriptors.js';
import { runCaptive } from './captive-run.js';
import type { Host, Reports } from './host.js';
import { complain, printStatistics, textOf, withName } from './messages.js';
import { OneThread } from './one-thread.js';
import { withLocalTls } from './open-tls.js';
import { DEFAULT_HOST } from './parse-address.js';
import type { ServePlan } from './serve-plan.js';
import { SeveralThreads } from './several-threads.js';
import { signalToStop } from './signal-to-stop.js';

/** Serves as `plan` says, to the end. @returns the exit status. @throws why it cannot. */
export async function serve(plan: ServePlan): Promise<number> {
  const descriptors = takeActivatedDescriptors(process.env, process.pid);
  const log = plan.accessLog === null ? null : new AccessLog(plan.accessLog);
  const reports: Reports = {
    failed: (clientName, text) => complain(withName(clientName, text)),
    ended: (summary) => log?.ended(summary),
  };
  if (plan.stdio && descriptors.length === 0) {
    const host = await OneThread.start(plan, reports);
    return await closing(host, plan, () => serveStdio(host));
  }
  const host = await (plan.threads > 1 ? SeveralThreads : OneThread).start(plan, reports);
  return await closing(host, plan, () =>
    descriptors.length > 0 ? serveDescriptors(host, plan, descriptors) : serveAddresses(host, plan),
  );
}

async function closing(host: Host, plan: ServePlan, work: () => Promise<number>): Promise<number> {
  const print = async (): Promise<void> => printStatistics(await host.statistics());
  process.on('SIGUSR1', () => void print().catch((error) => complain(textOf(error))));
  try {
    return await work();
  } finally {
    try {
      await host.close();
    } finally {
      if (plan.statistics) await print();
    }
  }
}

/** Whoever has made the sockets knows where they are, and it is theirs to say so. */
async function serveDescriptors(host: Host, plan: ServePlan, descriptors: number[]): Promise<number> {
  const uris: string[] = [];
  for (const fd of descriptors) {
    uris.push(await host.listen(await QIONetListener.fromDescriptors([fd])));
  }
  return await untilTheEnd(host, plan, uris, plan.printUri, () => {});
}

async function serveStdio(host: OneThread): Promise<number> {
  const served = host.serveChannel(QIOChannelStdio.open());
  await Promise.race([served, signalToStop(() => {})]);
  return 0;
}

async function serveAddresses(host: Host, plan: ServePlan): Promise<number> {
  const isPrivate = plan.run !== null && plan.addresses.length === 0;
  const folder = isPrivate ? mkdtempSync(join(tmpdir(), 'nbd-serve-')) : null;
  const addresses = folder === null ? publicAddresses(plan) : [inFolder(folder)];
  const removeSockets = (): void => {
    for (const address of addresses) if (address.type === 'unix') rmSync(address.path, { force: true });
  };
  try {
    const uris: string[] = [];
    for (const address of addresses) uris.push(await host.listen(address));
    return await untilTheEnd(host, plan, uris, plan.run === null || plan.printUri, removeSockets);
  } finally {
    if (folder !== null) rmSync(folder, { recursive: true, force: true });
  }
}

/** @param leave for an exit that does not wait for the listeners. */
async function untilTheEnd(
  { failure }: Host,
  { run, tls }: ServePlan,
  uris: readonly string[],
  print: boolean,
  leave: () => void,
): Promise<number> {
  const [uri = ''] = uris;
  const say = (): void => {
    if (print) process.stdout.write(uris.map((one) => `${one}\n`).join(''));
  };
  if (run !== null) {
    say();
    return await runCaptive(run, withLocalTls(uri, tls));
  }
  // Before anybody knows that it is there, and may send a signal at once.
  const stopped = signalToStop(leave);
  say();
  await Promise.race([stopped, failure]);
  return 0;
}

function publicAddresses({ addresses }: ServePlan): readonly SocketAddress[] {
  return addresses.length > 0 ? addresses : [{ type: 'inet', host: DEFAULT_HOST, port: NBD_DEFAULT_PORT }];
}

function inFolder(folder: string): SocketAddress {
  return { type: 'unix', path: join(folder, 'nbd.sock') };
}
