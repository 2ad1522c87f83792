import type { NbdTlsOptions } from '@coaio/nbd-client';
import { parseNbdUri } from '@coaio/nbd-protocol';
import { Option } from 'commander';
import { isMixed, type RunConfig, RW } from '../run/run-config.js';
import {
  addLoadOptions,
  newCommand,
  outputFormatOption,
  parsed,
  pollOption,
  type ReportRequest,
  repliesOption,
  reportOption,
} from './command.js';
import { usageError } from './failure.js';
import { byteCount, byteSize, checkTimes, seconds, secondsOrNone, wholeNumber } from './option-values.js';
import { addTlsOptions, type TlsFlags, takeTls } from './tls-options.js';

export type OutputFormat = 'table' | 'json';
export type RunOutputFormat = OutputFormat | 'fio-json';

/** What `nbd-bench run` is asked for. */
export interface RunRequest extends ReportRequest {
  /** None: an embedded server. */
  uri: string | undefined;
  tls: NbdTlsOptions | undefined;
  config: RunConfig;
  outputFormat: RunOutputFormat;
}

interface RunOptions extends Omit<RunConfig, 'rwmixread'>, TlsFlags, ReportRequest {
  rwmixread?: number;
  outputFormat: RunOutputFormat;
}

const RWMIXREAD = 50;
/** Views that a client may have in other threads. */
const MAX_SHARING = 62;

const HELP = `
Without a URI it measures an embedded nbd-server: 1 GiB of memory, in a thread of this process, over a Unix socket.
The CPU time per I/O is that of this process; with the embedded server it includes the server.

Commands:
  nbd-bench [run] [URI] [options]   measure one server (this help)
  nbd-bench sweep [URI] [options]   measure many loads, one after the other (nbd-bench sweep --help)
  nbd-bench compare [URI] [options] measure by turns with fio, qemu-img and others (nbd-bench compare --help)
  nbd-bench layers [options]        measure the layers below the client (nbd-bench layers --help)

Exit status: 0 done, 1 the run failed or had I/O errors, 2 wrong usage, 130/143 interrupted.`;

/** @returns undefined when help or the version was asked for. @throws BenchError, NbdUsageError. */
export function parseRun(args: readonly string[]): RunRequest | undefined {
  const command = addLoadOptions(
    newCommand('nbd-bench').description('Measures an NBD server: IOPS, throughput and latency percentiles.'),
    RW,
  )
    .addOption(
      new Option('--rwmixread <percent>', `of reads in a mixture (default: ${RWMIXREAD})`).argParser(
        wholeNumber(0, 100),
      ),
    )
    .addOption(new Option('--numjobs <n>', 'threads').argParser(wholeNumber(1, 256)).default(1))
    .addOption(
      new Option('--connections <n>', 'per job, the requests are dealt out to them; 0: all jobs share one')
        .argParser(wholeNumber(0, 64))
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
    .addOption(pollOption())
    .addOption(repliesOption())
    .addOption(
      new Option('--rate-iops <n>', 'at most so many a second, per job').argParser(
        wholeNumber(1, 100_000_000),
      ),
    )
    .addOption(
      new Option(
        '--verify',
        'write a pattern and read it back; reads expect what an earlier run wrote',
      ).default(false),
    )
    .addOption(outputFormatOption(['table', 'json', 'fio-json']))
    .addOption(reportOption());
  addTlsOptions(command).addHelpText('after', HELP);
  if (!parsed(command, args)) return undefined;
  const [uri] = command.args;
  // Before a thread is started for it.
  if (uri !== undefined) parseNbdUri(uri);
  const { tls, rest } = takeTls(command.opts<RunOptions>());
  const { outputFormat, report, ...config } = rest;
  return { uri, tls, config: checked(config), outputFormat, ...(report !== undefined && { report }) };
}

/** @throws BenchError: options that are good by themselves, but not together. */
function checked(options: Omit<RunOptions, keyof TlsFlags | 'outputFormat' | 'report'>): RunConfig {
  const { rw, rwmixread, connections, iodepth, numjobs } = options;
  checkTimes(options);
  if (rwmixread !== undefined && !isMixed(rw)) {
    throw usageError(`--rwmixread ${rwmixread}: --rw ${rw} is no mixture, readwrite and randrw are`);
  }
  if (connections === 0 && numjobs > MAX_SHARING) {
    throw usageError(
      `--connections 0: at most ${MAX_SHARING} jobs can share a client, --numjobs is ${numjobs}`,
    );
  }
  if (connections > iodepth) {
    throw usageError(
      `--connections ${connections} exceeds --iodepth ${iodepth}: some would have nothing to do`,
    );
  }
  return { ...options, rwmixread: rwmixread ?? RWMIXREAD };
}
