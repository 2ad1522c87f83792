import { DEFAULT_TURNS } from '@coaio/by-turns';
import { Option } from 'commander';
import { LAYER_NAMES, type LayerName } from '../layers/layers.js';
import type { LayersConfig } from '../layers/layers-results.js';
import { newCommand, outputFormatOption, parsed, type ReportRequest, reportOption } from './command.js';
import { seconds, wholeNumber } from './option-values.js';
import type { OutputFormat } from './run-options.js';

/** What `nbd-bench layers` is asked for. */
export interface LayersRequest extends ReportRequest {
  config: LayersConfig;
  outputFormat: OutputFormat;
}

interface LayersOptions extends ReportRequest {
  rounds: number;
  runtime: number;
  layer?: LayerName;
  outputFormat: OutputFormat;
}

const HELP = `
Each round gives every contender of a group a turn, one after the other. A figure is the median of its turns. A ratio is
the median, over the rounds, of a contender's figure divided by that of the group's first rival, named behind 1x: in ns and
us less is better, in M/s (million operations a second) more. Figures of QEMU are quoted, not measured.

Exit status: 0 done, goals met or missed; 2 wrong usage; 130/143 interrupted.`;

/** @returns undefined when help or the version was asked for. @throws BenchError. */
export function parseLayers(args: readonly string[]): LayersRequest | undefined {
  const command = newCommand('nbd-bench layers')
    .description("Measures the layers' hot operations beside their rivals, by turns. Needs no server.")
    .addOption(new Option('--layer <name>', 'only this one (default: all)').choices(LAYER_NAMES))
    .addOption(
      new Option('--rounds <n>', 'turns of each contender')
        .argParser(wholeNumber(1, 100_000))
        .default(DEFAULT_TURNS.rounds),
    )
    .addOption(
      new Option('--runtime <seconds>', 'of each turn, about')
        .argParser(seconds)
        .default(DEFAULT_TURNS.turnMs / 1000),
    )
    .addOption(outputFormatOption())
    .addOption(reportOption())
    .addHelpText('after', HELP);
  if (!parsed(command, args)) return undefined;
  const { rounds, runtime, layer, outputFormat, report } = command.opts<LayersOptions>();
  const config = { rounds, runtime, layers: layer === undefined ? LAYER_NAMES : [layer] };
  return { config, outputFormat, ...(report !== undefined && { report }) };
}
