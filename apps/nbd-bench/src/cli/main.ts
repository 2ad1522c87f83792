import { compareCommand } from '../compare/compare-command.js';
import { layersCommand } from '../layers/layers-command.js';
import { runCommand } from '../run/run-command.js';
import { sweepCommand } from '../sweep/sweep-command.js';
import { parseCompare } from './compare-options.js';
import { EXIT_OK, EXIT_RUN, exitStatusOf, oneLine } from './failure.js';
import { Interrupt } from './interrupt.js';
import { parseLayers } from './layers-options.js';
import { parseRun } from './run-options.js';
import { parseSweep } from './sweep-options.js';

/** Runs the command line `args`. Never rejects. @returns the exit status. */
export async function main(args: readonly string[]): Promise<number> {
  process.stdout.on('error', reportOutputError);
  try {
    return await dispatch(args);
  } catch (error) {
    process.stderr.write(`nbd-bench: ${oneLine(error)}\n`);
    return exitStatusOf(error);
  }
}

async function dispatch(args: readonly string[]): Promise<number> {
  const [first, ...rest] = args;
  if (first === 'compare') {
    const asked = parseCompare(rest);
    if (asked === undefined) return EXIT_OK;
    return await Interrupt.during((interrupt) => compareCommand(asked, interrupt));
  }
  if (first === 'layers') {
    const asked = parseLayers(rest);
    if (asked === undefined) return EXIT_OK;
    return await Interrupt.during((interrupt) => layersCommand(asked, interrupt));
  }
  if (first === 'sweep') {
    const asked = parseSweep(rest);
    if (asked === undefined) return EXIT_OK;
    return await Interrupt.during((interrupt) => sweepCommand(asked, interrupt));
  }
  const asked = parseRun(first === 'run' ? rest : args);
  if (asked === undefined) return EXIT_OK;
  return await Interrupt.during((interrupt) => runCommand(asked, interrupt));
}

/** `nbd-bench ... | head -1` is no failure of ours; a full disk is. */
function reportOutputError(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') return;
  process.stderr.write(`nbd-bench: output: ${oneLine(error)}\n`);
  process.exitCode = EXIT_RUN;
}
