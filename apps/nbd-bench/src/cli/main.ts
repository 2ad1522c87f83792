import { compareCommand } from '../compare/compare-command.js';
import { layersCommand } from '../layers/layers-command.js';
import { ReportFile } from '../output/report/report-file.js';
import { runCommand } from '../run/run-command.js';
import { sweepCommand } from '../sweep/sweep-command.js';
import type { ReportRequest } from './command.js';
import { parseCompare } from './compare-options.js';
import { EXIT_OK, EXIT_RUN, exitStatusOf, oneLine } from './failure.js';
import { Interrupt } from './interrupt.js';
import { parseLayers } from './layers-options.js';
import { parseRun } from './run-options.js';
import { parseSweep } from './sweep-options.js';

/** Runs the command line `args`. Never rejects. @returns the exit status. */
export async function main(args: readonly string[]): Promise<number> {
  process.stdout.on('error', reportOutputError);
  // Nobody is left to be told. The exit status still says it.
  process.stderr.on('error', () => {});
  try {
    return await dispatch(args);
  } catch (error) {
    process.stderr.write(`nbd-bench: ${oneLine(error)}\n`);
    return exitStatusOf(error);
  }
}

async function dispatch(args: readonly string[]): Promise<number> {
  const [first, ...rest] = args;
  if (first === 'compare') return await carryOut(parseCompare(rest), compareCommand, args);
  if (first === 'layers') return await carryOut(parseLayers(rest), layersCommand, args);
  if (first === 'sweep') return await carryOut(parseSweep(rest), sweepCommand, args);
  return await carryOut(parseRun(first === 'run' ? rest : args), runCommand, args);
}

/** @param request undefined when help was asked for, which is printed by now */
async function carryOut<T extends ReportRequest>(
  request: T | undefined,
  command: (request: T, interrupt: Interrupt, report: ReportFile | undefined) => Promise<number>,
  args: readonly string[],
): Promise<number> {
  if (request === undefined) return EXIT_OK;
  const report = request.report === undefined ? undefined : new ReportFile(request.report, args);
  return await Interrupt.during((interrupt) => command(request, interrupt, report));
}

/** `nbd-bench ... | head -1` is no failure of ours; a full disk is. */
function reportOutputError(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') return;
  process.stderr.write(`nbd-bench: output: ${oneLine(error)}\n`);
  process.exitCode = EXIT_RUN;
}
