import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { BenchError, EXIT_RUN, oneLine } from '../cli/failure.js';

const MAX_OUTPUT = 64 * 2 ** 20;

/** Runs a program to its end. @returns its stdout; undefined when there is no such program. @throws BenchError. */
export async function runProgram(
  program: string,
  args: readonly string[],
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)(program, args, { signal, maxBuffer: MAX_OUTPUT });
    return stdout;
  } catch (error) {
    if (!isProgramFailure(error) || signal.aborted) throw error;
    if (error.code === 'ENOENT') return undefined;
    // Its own words, where it has any: the last line is the reason.
    const words = error.stderr?.trim().split('\n').at(-1)?.trim();
    const how = typeof error.code === 'number' ? `exit status ${error.code}` : oneLine(error);
    const status = typeof error.code === 'number' ? error.code : EXIT_RUN;
    throw new BenchError(status, words || how, error);
  }
}

interface ProgramFailure extends Error {
  /** Exit status, or the system's name for why it did not start. */
  code?: number | string | null;
  stderr?: string;
}

function isProgramFailure(error: unknown): error is ProgramFailure {
  return error instanceof Error && 'code' in error;
}
