import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { coRun } from '@coaio/coroutine';
import {
  QIOChannelSocket,
  QIOChannelTls,
  QIONetListener,
  type TlsClientOptions,
  type TlsServerOptions,
  type TlsSession,
} from '@coaio/qio-channel';
import { onTestFinished } from 'vitest';
import { freePort } from './servers.js';

const PATIENCE_MS = 20_000;
const HOST = '127.0.0.1';

/** What libnbd, nbdkit and QEMU give GnuTLS for pre-shared keys. */
export const PSK_PRIORITY = 'NORMAL:+ECDHE-PSK:+DHE-PSK:+PSK';

/** Starts `gnutls-serv`, which echoes lines, and gives its port. */
export async function startGnutlsServ(...args: string[]): Promise<number> {
  const port = await freePort();
  const child = spawn('gnutls-serv', ['--echo', '--port', String(port), ...args], { stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await delay(20)) {
    if (child.exitCode !== null) throw new Error(`gnutls-serv ended with status ${child.exitCode}`);
    const probe = await QIOChannelSocket.connect({ type: 'inet', host: HOST, port }).catch(() => null);
    if (probe === null) continue;
    probe.close();
    return port;
  }
  throw new Error(`gnutls-serv did not listen on port ${port} within ${PATIENCE_MS} ms`);
}

/** Talks to `gnutls-serv`: sends `line`, reads the echo, says the end and reads the peer's. */
export async function echoThrough(
  port: number,
  options: TlsClientOptions,
  line = 'hello\n',
): Promise<TlsSession> {
  const socket = await QIOChannelSocket.connect({ type: 'inet', host: HOST, port });
  return await coRun(function* () {
    const channel = yield* QIOChannelTls.client(socket, options);
    try {
      const echo = Buffer.alloc(line.length);
      yield* channel.writevAll([Buffer.from(line)]);
      yield* channel.readvAll([echo]);
      if (echo.toString() !== line) throw new Error(`it echoed ${JSON.stringify(echo.toString())}`);
      channel.shutdown('write');
      if ((yield* channel.readv([echo])) !== 0) throw new Error('it said more than the echo');
      return channel.session;
    } finally {
      channel.close();
    }
  });
}

/**
 * Has `gnutls-cli` with these arguments send `line` to a server of ours that echoes. @returns its status, what it printed, and what became
 * of our side.
 */
export async function gnutlsCli(options: TlsServerOptions, args: string[], line = 'hello\n') {
  const listener = await QIONetListener.open({ type: 'inet', host: HOST, port: 0 });
  const served = new Promise<TlsSession>((resolve, reject) => {
    listener.setClientFunc((channel) => {
      coRun(function* () {
        const tls = yield* QIOChannelTls.server(channel, options);
        const buffer = new Uint8Array(64 * 1024);
        for (;;) {
          const count = yield* tls.readv([buffer]);
          if (count === 0) break;
          yield* tls.writevAll([buffer.subarray(0, count)]);
        }
        tls.close();
        return tls.session;
      }).then(resolve, reject);
    });
  });
  const { port } = listener.address as { port: number };
  const child = spawn('gnutls-cli', ['--port', String(port), ...args, HOST]);
  let printed = '';
  child.stdout.on('data', (chunk) => {
    printed += chunk;
  });
  // It may refuse the server before it reads.
  child.stdin.on('error', () => {});
  child.stdin.end(line);
  const exited = once(child, 'close');
  const [ours] = await Promise.allSettled([served]);
  const [status, signal] = await exited;
  await listener.disconnect();
  return { status: status ?? signal, printed, ours };
}
