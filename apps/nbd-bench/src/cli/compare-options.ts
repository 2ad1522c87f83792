import { parseNbdUri } from '@coaio/nbd-protocol';
import { Option } from 'commander';
import type { CompareConfig } from '../compare/compare-config.js';
import { RIVAL_NAMES } from '../compare/rivals.js';
import { UNMIXED_RW } from '../run/run-config.js';
import {
  addUriArgument,
  newCommand,
  outputFormatOption,
  parsed,
  pollOption,
  type ReportRequest,
  repliesOption,
  reportOption,
} from './command.js';
import { listOf, oneOf } from './list-values.js';
import { blockSize, checkTimes, seconds, secondsOrNone, wholeNumber } from './option-values.js';
import type { OutputFormat } from './run-options.js';

/** What `nbd-bench compare` is asked for. */
export interface CompareRequest extends ReportRequest {
  /** None: an embedded server, in a process of its own. */
  uri: string | undefined;
  config: CompareConfig;
  outputFormat: OutputFormat;
}

interface CompareOptions extends Partial<Pick<CompareConfig, 'rw' | 'bs' | 'iodepth'>>, ReportRequest {
  matrix: boolean;
  runtime: number;
  rampTime: number;
  rounds: number;
  pollMaxNs: number;
  replies?: CompareConfig['replies'];
  rival: CompareConfig['rival'];
  outputFormat: OutputFormat;
}

type Loads = Pick<CompareConfig, 'rw' | 'bs' | 'iodepth'>;
const ONE: Loads = { rw: ['randread'], bs: [4096], iodepth: [64] };
const MATRIX: Loads = {
  rw: ['read', 'write'],
  bs: [4096, 65_536, 262_144, 2 ** 20],
  iodepth: [1, 16, 64, 256],
};

const HELP = `
Each round measures nbd-bench, then a rival, each in a fresh process, against the same server; the ratio of a round is
our IOPS divided by theirs: above 1.00x nbd-bench is faster, below it the rival. Rivals that are not installed, or cannot
do with the server, are named and skipped. qemu-img bench reads and writes in order only, so in its rounds nbd-bench does
too. nbdcopy copies all of the export to nowhere: reads in order, from 64k on. raw-loop and raw-loop-structured are the
least that a client on node:net can do, without errors or an API: the first with simple replies, which are less work for
both sides, the second with structured ones, which nbd-bench and the other rivals ask for as well.
qemu-img and nbdcopy have no --ramp-time, and start in no time. Lists have commas between. With several loads a table
shows the ratios of each. What was measured before a turn failed is printed all the same.
Without a URI the server is an embedded nbd-server in a process of its own: 1 GiB of memory, over a Unix socket.`;

/** @returns undefined when help or the version was asked for. @throws BenchError, NbdUsageError. */
export function parseCompare(args: readonly string[]): CompareRequest | undefined {
  const command = addUriArgument(
    newCommand('nbd-bench compare').description('Measures nbd-bench and its rivals by turns.'),
  )
    .addOption(
      new Option('--rw <list>', 'what to do (default: randread)').argParser(listOf(oneOf(UNMIXED_RW))),
    )
    .addOption(new Option('--bs <list>', 'bytes of each request (default: 4k)').argParser(listOf(blockSize)))
    .addOption(
      new Option('--iodepth <list>', 'requests in flight (default: 64)').argParser(
        listOf(wholeNumber(1, 65_536)),
      ),
    )
    .addOption(
      new Option(
        '--matrix',
        'read and write, of 4k, 64k, 256k and 1M, with 1, 16, 64 and 256 in flight; a list replaces its part',
      ).default(false),
    )
    .addOption(new Option('--runtime <seconds>', 'of each turn').argParser(seconds).default(3))
    .addOption(
      new Option('--ramp-time <seconds>', 'load before each turn that is not measured')
        .argParser(secondsOrNone)
        .default(0.5),
    )
    .addOption(
      new Option('--rounds <n>', 'pairs of turns for each rival').argParser(wholeNumber(1, 1000)).default(5),
    )
    .addOption(
      new Option('--rival <list>', 'only these')
        .argParser(listOf(oneOf(RIVAL_NAMES)))
        .default([...RIVAL_NAMES], RIVAL_NAMES.join(',')),
    )
    .addOption(pollOption())
    .addOption(repliesOption())
    .addOption(outputFormatOption())
    .addOption(reportOption())
    .addHelpText('after', HELP);
  if (!parsed(command, args)) return undefined;
  const [uri] = command.args;
  if (uri !== undefined) parseNbdUri(uri);
  const { outputFormat, report, matrix, ...options } = command.opts<CompareOptions>();
  const config = { ...(matrix ? MATRIX : ONE), ...options };
  checkTimes(config);
  return { uri, config, outputFormat, ...(report !== undefined && { report }) };
}
