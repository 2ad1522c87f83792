import { NbdClient } from '@coaio/nbd-client';
import { NbdServerThreads, type NbdServerThreadsOptions } from '@coaio/nbd-server';
import { onTestFinished } from 'vitest';

export const MODULE = new URL('../workers/shared-disk-server.mjs', import.meta.url);
export const inet = { type: 'inet', host: '127.0.0.1', port: 0 } as const;

/** Whether threads can listen at one port. */
export const knowsReusePort = Number(process.versions.node.split('.')[0]) >= 23;

/** Closed when the test ends. */
export async function threadsOver(
  memory: SharedArrayBuffer,
  threads = 3,
  options: Partial<NbdServerThreadsOptions> = {},
): Promise<NbdServerThreads> {
  const started = await NbdServerThreads.start({
    threads,
    moduleUrl: MODULE,
    exportName: 'makeServer',
    args: [memory],
    ...options,
  });
  // Of threads that died on purpose it throws.
  onTestFinished(() => started.close().catch(() => {}));
  return started;
}

/** A client, and the thread that serves it. */
export async function threadOf(uri: string): Promise<[NbdClient, number]> {
  const client = await NbdClient.connect({ uri, exportName: 'thread' });
  return [client, (await client.read(0, 1))[0] ?? 0];
}
