import { parseNbdUri } from '@coaio/nbd-protocol';
import { Option } from 'commander';
import type { RunConfig } from '../run/run-config.js';
import { addLoadOptions, newCommand, outputFormatOption, parsed } from './command.js';
import { usageError } from './failure.js';
import { byteCount, byteSize, MAX_SECONDS, seconds, secondsOrNone, wholeNumber } from './option-values.js';

export type OutputFormat = 'table' | 'json';

/** What `nbd-bench run` is asked for. */
export interface RunRequest {
  /** None: an embedded server. */
  uri: string | undefined;
  config: RunConfig;
  outputFormat: OutputFormat;
}

const HELP = `
Without a URI it measures an embedded nbd-server: 1 GiB of memory, in a thread of this process, over a Unix socket.
The CPU time per I/O is that of this process; with the embedded server it includes the server.

Commands:
  nbd-bench [run] [URI] [options]   measure one server (this help)
  nbd-bench compare [URI] [options] measure by turns with fio and qemu-img (nbd-bench compare --help)
  nbd-bench layers [options]        measure the layers below the client (nbd-bench layers --help)

Exit status: 0 done, 1 the run failed or had I/O errors, 2 wrong usage, 130/143 interrupted.`;

/** @returns undefined when help or the version was asked for. @throws BenchError, NbdUsageError. */
export function parseRun(args: readonly string[]): RunRequest | undefined {
  const command = addLoadOptions(
    newCommand('nbd-bench').description('Measures an NBD server: IOPS, throughput and latency percentiles.'),
  )
    .addOption(
      new Option('--numjobs <n>', 'threads, each with a connection of its own')
        .argParser(wholeNumber(1, 256))
        .default(1),
    )
    .addOption(new Option('--runtime <seconds>', 'how long; fractions allowed').argParser(seconds).default(5))
    .addOption(
      new Option('--ramp-time <seconds>', 'load before that which is not measured')
        .argParser(secondsOrNone)
        .default(0),
    )
    .addOption(
      new Option(
        '--size <size>',
        'use so many bytes of the export (default: all from --offset on)',
      ).argParser(byteSize),
    )
    .addOption(
      new Option('--offset <size>', 'where the part that is used begins').argParser(byteCount).default(0),
    )
    .addOption(
      new Option('--randseed <n>', 'seed of the random offsets')
        .argParser(wholeNumber(0, 0xffffffff))
        .default(1),
    )
    .addOption(outputFormatOption())
    .addHelpText('after', HELP);
  if (!parsed(command, args)) return undefined;
  const [uri] = command.args;
  // Before a thread is started for it.
  if (uri !== undefined) parseNbdUri(uri);
  const { outputFormat, ...config } = command.opts<RunConfig & { outputFormat: OutputFormat }>();
  const { rampTime, runtime } = config;
  if (rampTime + runtime > MAX_SECONDS) {
    throw usageError(`--ramp-time ${rampTime} and --runtime ${runtime} together exceed ${MAX_SECONDS} s`);
  }
  return { uri, config, outputFormat };
}
