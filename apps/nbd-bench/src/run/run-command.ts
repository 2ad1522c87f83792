import { EXIT_OK, EXIT_RUN, oneLine } from '../cli/failure.js';
import type { Interrupt } from '../cli/interrupt.js';
import type { RunOutputFormat, RunRequest } from '../cli/run-options.js';
import { withServer } from '../embedded-server/with-server.js';
import { fioJson } from '../output/fio-json.js';
import type { ReportFile } from '../output/report/report-file.js';
import { runJson } from '../output/run-json.js';
import { runTable } from '../output/run-table.js';
import { measure } from './measure.js';
import type { RunResults } from './results.js';

const FORMATS: Readonly<Record<RunOutputFormat, (results: RunResults) => string>> = {
  table: runTable,
  json: runJson,
  'fio-json': fioJson,
};

/** @returns the exit status; the results are printed then. */
export async function runCommand(
  request: RunRequest,
  interrupt: Interrupt,
  report: ReportFile | undefined,
): Promise<number> {
  const { uri, tls, config, outputFormat } = request;
  const results = await withServer(uri, (server) => measure({ ...server, tls }, config, interrupt));
  process.stdout.write(FORMATS[outputFormat](results));
  const complaint = complaintOf(results);
  if (complaint !== undefined) process.stderr.write(`nbd-bench: ${oneLine(complaint)}\n`);
  report?.write((await import('../output/report/run-report.js')).runReport(results));
  return interrupt.exitStatus ?? (complaint === undefined ? EXIT_OK : EXIT_RUN);
}

function complaintOf({ failure, firstError, totals }: RunResults): string | undefined {
  if (failure !== undefined) return failure;
  return firstError === undefined ? undefined : `${totals.errors} I/O errors, the first: ${firstError}`;
}
