import {
  closeSync,
  constants,
  lstatSync,
  openSync,
  readlinkSync,
  realpathSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';
import { BenchError, EXIT_RUN, EXIT_USAGE, oneLine, usageError } from '../../cli/failure.js';
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

/** Leaves everything as it was: what is to be measured may fail. */
function tryToWrite(path: string): void {
  let there: Stats | undefined;
  try {
    there = statSync(path, { throwIfNoEntry: false });
    // A FIFO would block until somebody reads it.
    if (there === undefined) makeAndRemove(endOfLinks(path));
    else if (there.isFile()) closeSync(openSync(path, constants.O_WRONLY));
  } catch (error) {
    throw failure(EXIT_USAGE, path, error);
  }
  if (there?.isFile() === false) throw usageError(`--report ${path}: it is no regular file`);
}

function makeAndRemove(path: string): void {
  closeSync(openSync(path, 'wx'));
  rmSync(path);
}

/** What writing to `path` would make, which may be a link to something that does not exist. */
function endOfLinks(path: string): string {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return path;
  return endOfLinks(resolve(realpathSync(dirname(path)), readlinkSync(path)));
}

function failure(status: number, path: string, error: unknown): BenchError {
  return new BenchError(status, `--report ${path}: ${oneLine(error)}`, error);
}
