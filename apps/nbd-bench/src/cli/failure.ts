import { isNbdError } from '@coaio/nbd-protocol';

export const EXIT_OK = 0;
/** The run failed, or finished with I/O errors. */
export const EXIT_RUN = 1;
/** What was asked for cannot be: an option, the URI, a load that does not fit the export. */
export const EXIT_USAGE = 2;

/** What the user is told in one line before the command ends with `exitStatus`. */
export class BenchError extends Error {
  override readonly name = 'BenchError';
  readonly exitStatus: number;

  constructor(exitStatus: number, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.exitStatus = exitStatus;
  }
}

export function usageError(message: string): BenchError {
  return new BenchError(EXIT_USAGE, message);
}

/** The status that `error` ends the command with. */
export function exitStatusOf(error: unknown): number {
  if (error instanceof BenchError) return error.exitStatus;
  // By its code, for it may have come from a thread, which costs an error its class.
  return isNbdError(error) && error.fault === 'caller' ? EXIT_USAGE : EXIT_RUN;
}

/** `error` in one line, whatever it is. */
export function oneLine(error: unknown): string {
  const text = error instanceof Error ? error.message || error.name : String(error);
  return text.trim().replace(/\s*\n\s*/g, ' ');
}
