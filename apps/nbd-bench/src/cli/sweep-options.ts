import type { NbdTlsOptions } from '@coaio/nbd-client';
import { parseNbdUri } from '@coaio/nbd-protocol';
import { Option } from 'commander';
import { RW } from '../run/run-config.js';
import { pointsOf, type SweepConfig } from '../sweep/sweep-config.js';
import {
  addUriArgument,
  newCommand,
  outputFormatOption,
  parsed,
  pollOption,
  type ReportRequest,
  repliesOption,
  reportOption,
  rwOption,
} from './command.js';
import { usageError } from './failure.js';
import { listOf } from './list-values.js';
import { blockSize, checkTimes, seconds, secondsOrNone, wholeNumber } from './option-values.js';
import type { OutputFormat } from './run-options.js';
import { addTlsOptions, type TlsFlags, takeTls } from './tls-options.js';

/** What `nbd-bench sweep` is asked for. */
export interface SweepRequest extends ReportRequest {
  uri: string | undefined;
  tls: NbdTlsOptions | undefined;
  config: SweepConfig;
  outputFormat: OutputFormat;
}

interface SweepOptions extends SweepConfig, TlsFlags, ReportRequest {
  outputFormat: OutputFormat;
}

const HELP = `
Lists have commas between, e.g. --bs 4k,64k --iodepth 1,16. Each combination is measured, one after the other, for --runtime
seconds; more connections than requests in flight are left out. Then comes the best of each block size.
Without a URI the server is embedded, as for nbd-bench run.

Exit status: as of nbd-bench run.`;

/** @returns undefined when help or the version was asked for. @throws BenchError, NbdUsageError. */
export function parseSweep(args: readonly string[]): SweepRequest | undefined {
  const command = addUriArgument(
    newCommand('nbd-bench sweep').description('Measures threads x connections x block sizes x depths.'),
  )
    .addOption(rwOption(RW))
    .addOption(
      new Option('--numjobs <list>', 'threads').argParser(listOf(wholeNumber(1, 256))).default([1, 2], '1,2'),
    )
    .addOption(
      new Option('--connections <list>', 'per job').argParser(listOf(wholeNumber(1, 64))).default([1], '1'),
    )
    .addOption(
      new Option('--bs <list>', 'bytes of each request')
        .argParser(listOf(blockSize))
        .default([4096, 65_536, 262_144], '4k,64k,256k'),
    )
    .addOption(
      new Option('--iodepth <list>', 'requests in flight, per job')
        .argParser(listOf(wholeNumber(1, 65_536)))
        .default([1, 16, 64], '1,16,64'),
    )
    .addOption(new Option('--runtime <seconds>', 'of each').argParser(seconds).default(1))
    .addOption(
      new Option('--ramp-time <seconds>', 'load before each that is not measured')
        .argParser(secondsOrNone)
        .default(0.2),
    )
    .addOption(pollOption())
    .addOption(repliesOption())
    .addOption(outputFormatOption())
    .addOption(reportOption());
  addTlsOptions(command).addHelpText('after', HELP);
  if (!parsed(command, args)) return undefined;
  const [uri] = command.args;
  if (uri !== undefined) parseNbdUri(uri);
  const { tls, rest } = takeTls(command.opts<SweepOptions>());
  const { outputFormat, report, ...config } = rest;
  checkTimes(config);
  if (pointsOf(config).length === 0) {
    throw usageError('--connections: all exceed --iodepth, some would have nothing to do');
  }
  return { uri, tls, config, outputFormat, ...(report !== undefined && { report }) };
}
