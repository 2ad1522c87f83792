import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { connect, createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { formatNbdUri } from '@coaio/nbd-protocol';
import { onTestFinished } from 'vitest';

/** A real server, serving one export of `size` bytes. */
export interface RunningServer {
  uri: string;
  size: number;
  kill(signal: NodeJS.Signals): void;
  /** Kills it and waits for its end. @returns the exit status, null when a signal ended it. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Starts a server on a Unix socket in `folder`. */
export type StartServer = (folder: string) => Promise<RunningServer>;

const manifest = createRequire(import.meta.url).resolve('@coaio/nbd-server/package.json');
/** The script `nbd-serve`. */
export const NBD_SERVE = join(dirname(manifest), 'dist/nbd-serve.js');

export const EXPORT_SIZE = 64 << 20;
const PATIENCE_MS = 20_000;

/** A killed server leaves its socket behind: each has a folder of its own. */
const freshFolder = (folder: string): Promise<string> => mkdtemp(join(folder, 'server-'));

/** nbd-server wants a TCP port beside its Unix socket, and takes 0 to mean that inetd has started it. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  if (address === null || typeof address === 'string') throw new Error('no TCP port to be had');
  return address.port;
}

/** A real server has no other way to say that it is ready than to answer. */
export async function answers(path: string, exitStatus: () => number | null): Promise<void> {
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await delay(20)) {
    if (exitStatus() !== null) throw new Error(`the server on ${path} ended with status ${exitStatus()}`);
    const socket = connect({ path });
    const connected = await new Promise((resolve) => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    });
    socket.destroy();
    if (connected) return;
  }
  throw new Error(`no server listened on ${path} within ${PATIENCE_MS} ms`);
}

const uriOf = (path: string, exportName: string): string =>
  formatNbdUri({ tls: false, where: { type: 'unix', path }, exportName });

/** For a test that fails before it stops its server. */
function killInTheEnd(kill: (signal: NodeJS.Signals) => void): void {
  onTestFinished(() => kill('SIGKILL'));
}

function running(child: ChildProcess, uri: string): RunningServer {
  const exited = once(child, 'exit');
  killInTheEnd((signal) => child.kill(signal));
  return {
    uri,
    size: EXPORT_SIZE,
    kill: (signal) => void child.kill(signal),
    async stop(signal = 'SIGTERM') {
      child.kill(signal);
      await exited;
      return child.exitCode;
    },
  };
}

export async function started(path: string, command: string, args: string[]): Promise<RunningServer> {
  const child = spawn(command, args, { stdio: 'ignore' });
  const server = running(child, uriOf(path, ''));
  await answers(path, () => child.exitCode);
  return server;
}

export const startNbdkit: StartServer = async (folder) => {
  return startNbdkitWith(folder, '-t', '4', 'memory', String(EXPORT_SIZE));
};

/** nbdkit with these arguments: filters, a plugin and its parameters. */
export async function startNbdkitWith(folder: string, ...args: string[]): Promise<RunningServer> {
  const path = `${await freshFolder(folder)}/nbdkit.sock`;
  return started(path, 'nbdkit', ['-f', '-U', path, ...args]);
}

/** qemu-nbd with these arguments, the last of which is its image. */
export async function startQemuNbdWith(folder: string, ...args: string[]): Promise<RunningServer> {
  const path = `${await freshFolder(folder)}/qemu-nbd.sock`;
  return started(path, 'qemu-nbd', ['-k', path, '-e', '8', '--persistent', ...args]);
}

/** nbdkit that logs each request to `log`. */
export async function startLoggingNbdkit(folder: string, log: string): Promise<RunningServer> {
  return startNbdkitWith(folder, '--filter=log', 'memory', String(EXPORT_SIZE), `logfile=${log}`);
}

export const startQemuNbd: StartServer = async (folder) => {
  const fresh = await freshFolder(folder);
  const path = `${fresh}/qemu-nbd.sock`;
  const image = `${fresh}/disk.raw`;
  await writeFile(image, Buffer.alloc(EXPORT_SIZE));
  // It counts a probe that hangs up as one of its clients: hence --persistent, and a probe before any client.
  return started(path, 'qemu-nbd', ['-k', path, '-f', 'raw', '-e', '8', '--persistent', image]);
};

export const startNbdServer: StartServer = async (folder) => {
  const fresh = await freshFolder(folder);
  const path = `${fresh}/nbd-server.sock`;
  const image = `${fresh}/disk.img`;
  const config = `${fresh}/nbd-server.conf`;
  await writeFile(image, Buffer.alloc(EXPORT_SIZE));
  await writeFile(
    config,
    `[generic]\nunixsock = ${path}\nport = ${await freePort()}\nlistenaddr = 127.0.0.1\nallowlist = true\n[disk]\nexportname = ${image}\nflush = true\nfua = true\ntrim = true\n`,
  );
  // In the foreground it would serve one client and end; so it is a daemon, which leads a process group.
  const pidFile = `${fresh}/pid`;
  await once(spawn('nbd-server', ['-C', config, '-p', pidFile], { stdio: 'ignore' }), 'exit');
  await answers(path, () => null);
  const group = -Number(await readFile(pidFile, 'utf8'));
  const kill = (signal: NodeJS.Signals): void => {
    try {
      process.kill(group, signal);
    } catch {
      // It has ended already.
    }
  };
  killInTheEnd(kill);
  return {
    uri: uriOf(path, 'disk'),
    size: EXPORT_SIZE,
    kill,
    async stop(signal = 'SIGTERM') {
      kill(signal);
      return null;
    },
  };
};

/** `nbd-serve` with these arguments, listening on a Unix socket in `folder`. */
export async function startNbdServe(folder: string, ...args: string[]): Promise<RunningServer> {
  return await startNbdServeWith('--unix', `${folder}/nbd-serve.sock`, ...args);
}

/** `nbd-serve` with these arguments and no others. */
export async function startNbdServeWith(...args: string[]): Promise<RunningServer> {
  const child = spawn(process.execPath, [NBD_SERVE, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const uri = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (line) => resolve(String(line).trim()));
    child.once('exit', (status) => reject(new Error(`nbd-serve ended with status ${status}`)));
  });
  return running(child, uri);
}
