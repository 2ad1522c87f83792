import type { NbdServerStatistics } from '../server-statistics.js';

/** A line on stderr. */
export function complain(text: string): void {
  process.stderr.write(`nbd-serve: ${text.replaceAll('\n', ' ')}\n`);
}

export function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Errors of a channel name it already. */
export function withName(clientName: string, text: string): string {
  return text.startsWith(clientName) ? text : `${clientName}: ${text}`;
}

export function printStatistics(statistics: NbdServerStatistics): void {
  complain(`statistics ${JSON.stringify(statistics)}`);
}
