#!/usr/bin/env node
import { unlinkSync } from 'node:fs';
import { isNbdError } from '@coaio/nbd-protocol';
import { QIOChannelError } from '@coaio/qio-channel';
import { CommanderError } from 'commander';
import { FileExport } from '../exports/file-export.js';
import { MemoryExport } from '../exports/memory-export.js';
import { NbdServer } from '../nbd-server.js';
import { parseArguments, type ServePlan } from './parse-arguments.js';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;
/** What a shell reports of a command that the signal killed. */
const EXIT_BY_SIGNAL = { SIGINT: 130, SIGTERM: 143 } as const;

// Whoever reads our output may leave before us.
process.stdout.on('error', () => {});
process.stderr.on('error', () => {});

try {
  await serve(parseArguments(process.argv.slice(2)));
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : EXIT_USAGE;
  else fail(error);
}

async function serve(plan: ServePlan): Promise<void> {
  const { what, address, exportName, readOnly } = plan;
  const server = new NbdServer({
    onConnectionError: (error, clientName) => complain(withName(clientName, textOf(error))),
  });
  const backend =
    'memory' in what ? new MemoryExport(what.memory) : await FileExport.open(what.file, { readOnly });
  server.addExport(exportName, backend, { readOnly });
  const uri = await server.listen(address);
  closeOnSignal(server, address.type === 'unix' ? address.path : null);
  process.stdout.write(`${uri}\n`);
}

function closeOnSignal(server: NbdServer, socketPath: string | null): void {
  let closing = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (closing) {
        removeSocket(socketPath);
        process.exit(EXIT_BY_SIGNAL[signal]);
      }
      closing = true;
      server.close().then(() => process.exit(0), fail);
    });
  }
}

/** At an exit that does not wait for the listener to do it. */
function removeSocket(path: string | null): void {
  try {
    if (path !== null) unlinkSync(path);
  } catch {
    // The listener has done it.
  }
}

function fail(error: unknown): void {
  complain(textOf(error));
  process.exit(isUsage(error) ? EXIT_USAGE : EXIT_FAILED);
}

/** Nothing the system had a say in: an address, a name or a size that cannot be. */
function isUsage(error: unknown): boolean {
  if (error instanceof QIOChannelError) return error.code === 'QIO_CHANNEL_ADDRESS';
  return isNbdError(error) && error.fault === 'caller';
}

/** Errors of a channel name it already. */
function withName(clientName: string, text: string): string {
  return text.startsWith(clientName) ? text : `${clientName}: ${text}`;
}

function complain(text: string): void {
  process.stderr.write(`nbd-serve: ${text.replaceAll('\n', ' ')}\n`);
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
