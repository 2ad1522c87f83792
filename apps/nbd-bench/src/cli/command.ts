import { Command, CommanderError, Option } from 'commander';
import manifest from '../../package.json' with { type: 'json' };
import { REPLIES } from '../job/job-plan.js';
import type { Rw } from '../run/run-config.js';
import { usageError } from './failure.js';
import { blockSize, wholeNumber } from './option-values.js';

/** A command whose mistakes become one-line usage errors. It has no action: parse it and read its options. */
export function newCommand(name: string): Command {
  return new Command(name)
    .version(`nbd-bench ${manifest.version}`, '-V, --version')
    .helpOption('-h, --help', 'show this help')
    .showSuggestionAfterError(false)
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
}

export function addUriArgument(command: Command): Command {
  return command.argument(
    '[URI]',
    'server to measure, e.g. nbd://localhost or nbd+unix:///?socket=/tmp/nbd.sock',
  );
}

export function rwOption(choices: readonly Rw[]): Option {
  return new Option('--rw <mode>', 'what to do; the random modes choose blocks, the others go through them')
    .choices(choices)
    .default('randread');
}

/** What a single load is made of. */
export function addLoadOptions(command: Command, modes: readonly Rw[]): Command {
  return addUriArgument(command)
    .addOption(rwOption(modes))
    .addOption(
      new Option('--bs <size>', 'bytes of each request; suffixes k, M, G are powers of two')
        .argParser(blockSize)
        .default(4096, '4k'),
    )
    .addOption(
      new Option('--iodepth <n>', 'requests in flight, per job')
        .argParser(wholeNumber(1, 65_536))
        .default(64),
    );
}

/** 0 by default: a job that polls would take the processor from a server on this machine. */
export function pollOption(): Option {
  return new Option('--poll-max-ns <ns>', 'look for answers so long before sleeping, at most')
    .argParser(wholeNumber(0, 1_000_000_000))
    .default(0);
}

export function repliesOption(): Option {
  return new Option(
    '--replies <form>',
    'the most to ask the server for (default: the best that it has)',
  ).choices(REPLIES);
}

export function outputFormatOption(formats: readonly string[] = ['table', 'json']): Option {
  return new Option('--output-format <format>', 'how to print the results').choices(formats).default('table');
}

export function reportOption(): Option {
  return new Option('--report <file>', 'write the results to one HTML page too, with charts');
}

/** What every subcommand may be asked for. */
export interface ReportRequest {
  /** Where to write a report; none otherwise. */
  report?: string;
}

/** Parses `args`. @returns false when they asked for help or the version, which is printed then. */
export function parsed(command: Command, args: readonly string[]): boolean {
  try {
    command.parse(args, { from: 'user' });
    return true;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return false;
    throw usageError(error.message.replace(/^error: /, ''));
  }
}
