import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { NBD_DEFAULT_PORT } from '@coaio/nbd-protocol';
import type { SocketAddress } from '@coaio/qio-channel';
import { Command, InvalidArgumentError, Option } from 'commander';
import { DEFAULT_HOST, parsePort, parseTcpAddress, parseUnixAddress } from './parse-address.js';
import { parseSize } from './parse-size.js';
import type { Disk, ServePlan, TlsPlan } from './serve-plan.js';

interface Given {
  memory?: number;
  null?: number;
  file?: string;
  exportName?: string;
  export?: [string, Disk][];
  overlay?: true;
  readOnly?: true;
  unix?: SocketAddress[];
  tcp?: SocketAddress[];
  port?: number;
  host?: string;
  stdio?: true;
  tlsCertificates?: string;
  tlsPsk?: string;
  tls?: TlsPlan['policy'];
  tlsVerifyPeer?: true;
  run?: string;
  printUri?: true;
  accessLog?: string;
  statistics?: true;
  threads: number;
  pollMaxNs?: number;
  maxConnections?: number;
  handshakeTimeout?: number;
}

/**
 * Three times what QEMU gives an IOThread: in a virtual machine a core that has gone to sleep took 25 to 30 us to wake, so that a shorter look gave
 * up just before it paid. One request in flight: 2.0x as many with fio, 2.3x with `qemu-img bench`, which does 1.2x as many with 64 in flight.
 * Who has no core to itself takes it from its clients, and served 0.4 times as many: one core, or several threads, sleep unless told.
 */
const POLL_MAX_NS = 100_000;
const POLL_MAX_NS_MAX = 2 ** 31 - 1;
const MAX_THREADS = 64;

type Refuse = (why: string) => never;

const NOTES = `
SIZE is a number of bytes, or one with K, M, G, T: powers of two. --export, --unix and --tcp may be given several times.
Without any address it listens on TCP port ${NBD_DEFAULT_PORT} of ${DEFAULT_HOST}; with --run, on a Unix socket of its own.
Sockets that listen already are taken over from systemd (LISTEN_FDS, LISTEN_PID), as nbdcopy and nbdinfo start a server.
SIGINT and SIGTERM end it after the answers to what is in flight, a second one at once. SIGUSR1 prints totals to stderr.
Exit status: 0, that of the command with --run, 1 if it could not serve, 2 for a mistake on the command line.

  nbd-serve --memory 1G
  nbd-serve --export disk=disk.raw --export cd=cd.iso --read-only --tcp 0.0.0.0:10809 --tls-certificates /etc/pki/qemu
  nbd-serve --file disk.raw --overlay --run 'qemu-io -f raw -c "write 0 1M" "$uri"'
  nbdcopy disk.raw -- [ nbd-serve --memory 1G ]`;

/** @throws CommanderError after it has printed: exit code 0 for --help and --version, else a usage error. */
export function parseArguments(args: readonly string[]): ServePlan {
  const command = new Command('nbd-serve')
    .usage('(--memory SIZE | --null SIZE | --file PATH | --export NAME=FILE ...) [options]')
    .description('Serves disks over NBD. Prints a URI for each address, a line each, when it is ready.')
    .optionsGroup('What to serve:')
    .option('--memory <size>', 'zeroes of this size, kept in memory where they are written to', toSize)
    .option('--null <size>', 'zeroes of this size that forget what is written', toSize)
    .option('--file <path>', 'a file or a block device')
    .option('--export-name <name>', 'the name of that one; default: the empty name')
    .option('--export <name=path>', 'a file or a block device under a name', toExport)
    .option('--overlay', 'keep what clients write in memory, and the files as they are')
    .option('--read-only', 'refuse writes')
    .optionsGroup('Where to be reached:')
    .option('--unix <path>', 'a Unix socket', toUnix)
    .option('--tcp <[host:]port>', `a TCP address; port 0: one that the system chooses`, toTcp)
    .option('--port <port>', 'the same, with --host', toPort)
    .option('--host <host>', `the host of --port; default: ${DEFAULT_HOST}`)
    .option('--stdio', 'stdin and stdout, for one client: for inetd, or who starts this as its server')
    .optionsGroup('TLS:')
    .option(
      '--tls-certificates <dir>',
      'a folder with server-cert.pem, server-key.pem, ca-cert.pem, ca-crl.pem',
    )
    .option('--tls-psk <file>', 'keys that clients have too, lines of NAME:HEXKEY as of psktool')
    .addOption(
      new Option('--tls <policy>', 'nothing without TLS, or also without; default: require').choices([
        'require',
        'allow',
      ]),
    )
    .option('--tls-verify-peer', 'ask clients for a certificate that ca-cert.pem has signed')
    .optionsGroup('While it runs:')
    .option('--run <command>', 'serve while this shell command runs, which finds the URI in $uri')
    .option('--print-uri', 'also with --run, or sockets of systemd')
    .option('--access-log <file>', 'a line of JSON for each connection at its end; - is stdout')
    .option('--statistics', 'print totals to stderr at the end too')
    .option('--threads <n>', 'serve the connections in so many threads', toCount, 1)
    .option(
      '--poll-max-ns <ns>',
      `look for requests for so long before it sleeps, while they come; default ${POLL_MAX_NS}, with several threads or one core 0: sleep at once`,
      toNanoseconds,
    )
    .option('--max-connections <n>', 'close the connection of who comes beyond it', toCount)
    .option(
      '--handshake-timeout <seconds>',
      'drop who has not chosen an export by then; default 10, 0: never',
      toSeconds,
    )
    .optionsGroup('Others:')
    .helpOption('--help', 'print this')
    .version(packageVersion(), '--version', 'print the version')
    .allowExcessArguments(false)
    .exitOverride()
    .addHelpText('after', NOTES);
  command.parse(args, { from: 'user' });
  const given = command.opts<Given>();
  const refuse: Refuse = (why) => command.error(`error: ${why}`);
  const threads = chooseThreads(given, refuse);
  return {
    exports: chooseExports(given, refuse),
    readOnly: given.readOnly === true,
    overlay: given.overlay === true,
    addresses: chooseAddresses(given, refuse),
    stdio: given.stdio === true,
    tls: chooseTls(given, refuse),
    run: given.run ?? null,
    printUri: given.printUri === true,
    accessLog: given.accessLog ?? null,
    statistics: given.statistics === true,
    threads,
    pollMaxNs: given.pollMaxNs ?? (threads === 1 && availableParallelism() > 1 ? POLL_MAX_NS : 0),
    maxConnections: given.maxConnections,
    handshakeTimeoutMs: given.handshakeTimeout === undefined ? undefined : given.handshakeTimeout * 1000,
  };
}

function chooseExports(given: Given, refuse: Refuse): ServePlan['exports'] {
  const { memory, null: nothing, file, exportName, export: named = [] } = given;
  const disks: Disk[] = [];
  if (memory !== undefined) disks.push({ memory });
  if (nothing !== undefined) disks.push({ null: nothing });
  if (file !== undefined) disks.push({ file });
  if (disks.length > 1) return refuse('--memory, --null and --file exclude each other: give one');
  const [disk] = disks;
  if (disk === undefined && exportName !== undefined) {
    return refuse('--export-name is for --memory, --null or --file, and there is none of them');
  }
  const exports = disk === undefined ? named : [[exportName ?? '', disk] as const, ...named];
  if (exports.length === 0) return refuse('nothing to serve: give --memory, --null, --file or --export');
  return exports;
}

function chooseAddresses(given: Given, refuse: Refuse): ServePlan['addresses'] {
  const { unix = [], tcp = [], port, host, stdio, run, accessLog, printUri } = given;
  const addresses = [...unix, ...tcp];
  if (port !== undefined || host !== undefined) {
    addresses.push({ type: 'inet', host: host ?? DEFAULT_HOST, port: port ?? NBD_DEFAULT_PORT });
  }
  if (!stdio) return addresses;
  if (addresses.length > 0) return refuse('--stdio excludes --unix, --tcp, --port and --host');
  if (run !== undefined) return refuse('--stdio excludes --run');
  if (printUri) return refuse('--stdio excludes --print-uri: it has no URI');
  if (accessLog === '-') return refuse('--stdio excludes --access-log -: the client is there');
  return addresses;
}

function chooseThreads({ threads, stdio, overlay }: Given, refuse: Refuse): number {
  if (threads === 1) return threads;
  if (threads > MAX_THREADS) return refuse(`--threads ${threads}: allowed are ${MAX_THREADS} at most`);
  if (stdio) return refuse('--stdio excludes --threads: it has one client');
  if (overlay) return refuse('--overlay excludes --threads: each would keep writes of its own');
  return threads;
}

function chooseTls(given: Given, refuse: Refuse): TlsPlan | null {
  const {
    tlsCertificates: certificates,
    tlsPsk: pskFile,
    tls: policy,
    tlsVerifyPeer: verifyPeer = false,
  } = given;
  if (certificates !== undefined && pskFile !== undefined) {
    return refuse('--tls-certificates and --tls-psk exclude each other');
  }
  if (verifyPeer && certificates === undefined) return refuse('--tls-verify-peer needs --tls-certificates');
  if (certificates !== undefined) return { from: { certificates }, policy: policy ?? 'require', verifyPeer };
  if (pskFile !== undefined) return { from: { pskFile }, policy: policy ?? 'require', verifyPeer };
  if (policy !== undefined) return refuse('--tls needs --tls-certificates or --tls-psk');
  return null;
}

function toSize(text: string): number {
  const size = parseSize(text);
  if (size === undefined) throw new InvalidArgumentError('It must be a size such as 64M, 1G or 4096.');
  return size;
}

function toExport(text: string, before: [string, Disk][] = []): [string, Disk][] {
  const at = text.indexOf('=');
  if (at < 0 || at === text.length - 1) throw new InvalidArgumentError('It must be NAME=PATH.');
  return [...before, [text.slice(0, at), { file: text.slice(at + 1) }]];
}

function toUnix(path: string, before: SocketAddress[] = []): SocketAddress[] {
  return [...before, parseUnixAddress(path)];
}

function toTcp(text: string, before: SocketAddress[] = []): SocketAddress[] {
  const address = parseTcpAddress(text);
  if (address === undefined) throw new InvalidArgumentError('It must be PORT or HOST:PORT, up to 65535.');
  return [...before, address];
}

function toPort(text: string): number {
  const port = parsePort(text);
  if (port === undefined) throw new InvalidArgumentError('It must be a port from 0 to 65535.');
  return port;
}

function toCount(text: string): number {
  const count = /^[0-9]+$/.test(text) ? Number(text) : 0;
  if (!(count >= 1)) throw new InvalidArgumentError('It must be a whole number from 1 on.');
  return count;
}

function toNanoseconds(text: string): number {
  const nanoseconds = /^[0-9]+$/.test(text) ? Number(text) : Number.NaN;
  if (!(nanoseconds <= POLL_MAX_NS_MAX)) {
    throw new InvalidArgumentError(`It must be a whole number from 0 to ${POLL_MAX_NS_MAX}.`);
  }
  return nanoseconds;
}

function toSeconds(text: string): number {
  const seconds = /^[0-9]+(\.[0-9]+)?$/.test(text) ? Number(text) : Number.NaN;
  if (!(seconds <= 1e6)) throw new InvalidArgumentError('It must be a number of seconds.');
  return seconds;
}

function packageVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
