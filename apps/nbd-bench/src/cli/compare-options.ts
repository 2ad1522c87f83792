import { parseNbdUri } from '@coaio/nbd-protocol';
import { Option } from 'commander';
import type { CompareConfig } from '../compare/compare-config.js';
import { UNMIXED_RW } from '../run/run-config.js';
import { addLoadOptions, newCommand, outputFormatOption, parsed } from './command.js';
import { seconds, wholeNumber } from './option-values.js';
import type { OutputFormat } from './run-options.js';

/** What `nbd-bench compare` is asked for. */
export interface CompareRequest {
  /** None: an embedded server, in a process of its own. */
  uri: string | undefined;
  config: CompareConfig;
  outputFormat: OutputFormat;
}

const HELP = `
Each round measures nbd-bench, then a rival, each in a fresh process, against the same server; the ratio of a round is
ours divided by theirs. Rivals that are not installed are named and skipped. qemu-img bench reads and writes in order
only, so in its rounds nbd-bench does too.
Without a URI the server is an embedded nbd-server in a process of its own: 1 GiB of memory, over a Unix socket.`;

/** @returns undefined when help or the version was asked for. @throws BenchError, NbdUsageError. */
export function parseCompare(args: readonly string[]): CompareRequest | undefined {
  const command = addLoadOptions(
    newCommand('nbd-bench compare').description('Measures nbd-bench, fio and qemu-img bench by turns.'),
    UNMIXED_RW,
  )
    .addOption(new Option('--runtime <seconds>', 'of each turn').argParser(seconds).default(3))
    .addOption(
      new Option('--rounds <n>', 'pairs of turns for each rival').argParser(wholeNumber(1, 1000)).default(5),
    )
    .addOption(outputFormatOption())
    .addHelpText('after', HELP);
  if (!parsed(command, args)) return undefined;
  const [uri] = command.args;
  if (uri !== undefined) parseNbdUri(uri);
  const { outputFormat, ...config } = command.opts<CompareConfig & { outputFormat: OutputFormat }>();
  return { uri, config, outputFormat };
}
