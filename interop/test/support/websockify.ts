import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { onTestFinished } from 'vitest';

const PATIENCE_MS = 20_000;

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  if (address === null || typeof address === 'string') throw new Error('no TCP port to be had');
  return address.port;
}

async function answers(port: number, proxy: ChildProcess): Promise<void> {
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await delay(20)) {
    if (proxy.exitCode !== null) throw new Error(`websockify ended with status ${proxy.exitCode}`);
    const socket = connect({ host: '127.0.0.1', port });
    const connected = await new Promise((resolve) => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    });
    socket.destroy();
    if (connected) return;
  }
  throw new Error(`websockify did not listen on port ${port} within ${PATIENCE_MS} ms`);
}

/** A WebSocket-to-socket proxy in front of the Unix socket `path`. @returns its URL. */
export async function startWebsockify(path: string): Promise<string> {
  const port = await freePort();
  const proxy = spawn('websockify', [`--unix-target=${path}`, `127.0.0.1:${port}`], { stdio: 'ignore' });
  onTestFinished(() => void proxy.kill('SIGTERM'));
  await answers(port, proxy);
  return `ws://127.0.0.1:${port}/`;
}
