import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface CheckedModel {
  /** Assertions that failed, hung processes and, with `acceptance`, cycles; spin stops at the first. */
  readonly errors: number;
  /** Whether all states were looked at. */
  readonly complete: boolean;
  readonly states: number;
  readonly seconds: number;
  readonly megabytes: number;
}

/** A search that meets one of these limits is not complete, and says so. */
const MAX_DEPTH = 10_000;
const MAX_MEGABYTES = 2048;

/**
 * Searches all states of a Promela model: `spin -a`, a C compiler, and the verifier that this makes.
 *
 * @param defines names to define, such as a seeded bug
 * @throws Error if spin or the compiler refuses the model
 */
export function checkModel(file: URL, defines: readonly string[] = []): CheckedModel {
  const folder = mkdtempSync(join(tmpdir(), 'promela-'));
  const run = (command: string, args: readonly string[]): string =>
    execFileSync(command, args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  try {
    run('spin', ['-a', ...defines.map((name) => `-D${name}`), fileURLToPath(file)]);
    run('gcc', ['-O1', '-w', '-DSAFETY', '-DCOLLAPSE', `-DMEMLIM=${MAX_MEGABYTES}`, '-o', 'pan', 'pan.c']);
    return resultOf(run(join(folder, 'pan'), [`-m${MAX_DEPTH}`]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The names of the bugs that are seeded in the model, to be given as `defines`. */
export function seededBugs(file: URL): readonly string[] {
  return [...new Set(readFileSync(file, 'utf8').match(/\bBUG_\w+/g))];
}

function resultOf(report: string): CheckedModel {
  const figure = (pattern: RegExp): number => Number(pattern.exec(report)?.[1] ?? Number.NaN);
  return {
    errors: figure(/errors: (\d+)/),
    complete: !/max search depth too small|out of memory|Search not completed/.test(report),
    states: figure(/^\s*([\d.e+]+) states, stored/m),
    seconds: figure(/elapsed time ([\d.]+) seconds/),
    megabytes: figure(/([\d.]+)\s+total actual memory usage/),
  };
}
