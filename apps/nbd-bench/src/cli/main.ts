import { compareCommand } from '../compare/compare-command.js';
import { runCommand } from '../run/run-command.js';
import { parseCompare } from './compare-options.js';
import { EXIT_OK, exitStatusOf, oneLine } from './failure.js';
import { Interrupt } from './interrupt.js';
import { parseRun } from './run-options.js';

/** Runs the command line `args`. Never rejects. @returns the exit status. */
export async function main(args: readonly string[]): Promise<number> {
  process.stdout.on('error', ignoreClosedPipe);
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
  const asked = parseRun(first === 'run' ? rest : args);
  if (asked === undefined) return EXIT_OK;
  return await Interrupt.during((interrupt) => runCommand(asked, interrupt));
}

/** `nbd-bench ... | head -1` is no failure of ours. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}
