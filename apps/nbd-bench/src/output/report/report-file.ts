import { closeSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { BenchError, EXIT_RUN, EXIT_USAGE, oneLine } from '../../cli/failure.js';
import { commandLine } from './command-line.js';
import { thisMachine } from './machine.js';
import { type Occasion, type Report, reportPage } from './page.js';

/** The file of `--report`. */
export class ReportFile {
  readonly #path: string;
  readonly #occasion: Occasion;

  /** Made before anything is measured. @throws BenchError when the file could not be written. */
  constructor(path: string, args: readonly string[]) {
    this.#path = path;
    tryToWrite(path);
    this.#occasion = { started: new Date(), machine: thisMachine(), commandLine: commandLine(args) };
  }

  /** After the figures are printed: they are there whatever becomes of this. @throws BenchError. */
  write(report: Report): void {
    try {
      writeFileSync(this.#path, reportPage(report, this.#occasion));
    } catch (error) {
      throw failure(EXIT_RUN, this.#path, error);
    }
  }
}

/** Leaves the file as it was: what is to be measured may fail. */
function tryToWrite(path: string): void {
  try {
    closeSync(openSync(path, 'wx'));
    rmSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw failure(EXIT_USAGE, path, error);
    try {
      closeSync(openSync(path, 'a'));
    } catch (cause) {
      throw failure(EXIT_USAGE, path, cause);
    }
  }
}

function failure(status: number, path: string, error: unknown): BenchError {
  return new BenchError(status, `--report ${path}: ${oneLine(error)}`, error);
}
