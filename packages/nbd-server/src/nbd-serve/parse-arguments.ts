import { readFileSync } from 'node:fs';
import { NBD_DEFAULT_PORT } from '@coaio/nbd-protocol';
import type { SocketAddress } from '@coaio/qio-channel';
import { Command, InvalidArgumentError } from 'commander';
import { parseSize } from './parse-size.js';

/** What the command line asks for. */
export interface ServePlan {
  readonly what: { readonly memory: number } | { readonly file: string };
  readonly address: SocketAddress;
  readonly exportName: string;
  readonly readOnly: boolean;
}

interface Given {
  memory?: number;
  file?: string;
  unix?: string;
  port?: number;
  host?: string;
  exportName: string;
  readOnly: boolean;
}

/** @throws CommanderError after it has printed: exit code 0 for --help and --version, else a usage error. */
export function parseArguments(args: readonly string[]): ServePlan {
  const command = new Command('nbd-serve')
    .description(
      'Serves a disk in memory or in a file over NBD. Prints its URI on one line when it is ready.',
    )
    .option('--memory <size>', 'serve zeroes of this size (K, M, G, ... are powers of two)', toSize)
    .option('--file <path>', 'serve a file or a block device')
    .option('--unix <path>', 'listen on this Unix socket')
    .option('--port <number>', 'listen on this TCP port, 0 = one that the system chooses', toPort)
    .option('--host <host>', 'listen on this address, by default 127.0.0.1')
    .option('--export-name <name>', 'the name that clients ask for', '')
    .option('--read-only', 'refuse writes', false)
    .version(packageVersion())
    .allowExcessArguments(false)
    .exitOverride()
    .addHelpText('after', `\nWithout --unix and --port it listens on TCP port ${NBD_DEFAULT_PORT}.`);
  command.parse(args, { from: 'user' });
  const given = command.opts<Given>();
  const refuse = (why: string): never => command.error(`error: ${why}`);
  return {
    what: chooseDisk(given, refuse),
    address: chooseAddress(given, refuse),
    exportName: given.exportName,
    readOnly: given.readOnly,
  };
}

function chooseDisk({ memory, file }: Given, refuse: (why: string) => never): ServePlan['what'] {
  if (memory !== undefined && file === undefined) return { memory };
  if (file !== undefined && memory === undefined) return { file };
  return refuse(`give one of --memory and --file${memory === undefined ? '' : ', not both'}`);
}

function chooseAddress({ unix, port, host }: Given, refuse: (why: string) => never): SocketAddress {
  if (unix === undefined) {
    return { type: 'inet', host: host ?? '127.0.0.1', port: port ?? NBD_DEFAULT_PORT };
  }
  if (port !== undefined || host !== undefined) return refuse('--unix excludes --port and --host');
  return { type: 'unix', path: unix };
}

function toSize(text: string): number {
  const size = parseSize(text);
  if (size === undefined) throw new InvalidArgumentError('It must be a size such as 64M, 1G or 4096.');
  return size;
}

function toPort(text: string): number {
  const port = /^[0-9]{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65535)) throw new InvalidArgumentError('It must be a port from 0 to 65535.');
  return port;
}

function packageVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
