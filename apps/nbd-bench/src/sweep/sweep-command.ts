import { EXIT_OK, EXIT_RUN, exitStatusOf, oneLine } from '../cli/failure.js';
import type { Interrupt } from '../cli/interrupt.js';
import { StepsLine } from '../cli/steps-line.js';
import type { SweepRequest } from '../cli/sweep-options.js';
import { withServer } from '../embedded-server/with-server.js';
import type { ReportFile } from '../output/report/report-file.js';
import { sweepJson } from '../output/sweep-json.js';
import { sweepTable } from '../output/sweep-table.js';
import { lookAtServer } from '../run/look-at-server.js';
import { measure } from '../run/measure.js';
import type { RunResults } from '../run/results.js';
import { pointsOf } from './sweep-config.js';
import { bestOf, type SweepResults } from './sweep-results.js';

/** @returns the exit status; the results are printed then. */
export async function sweepCommand(
  request: SweepRequest,
  interrupt: Interrupt,
  report: ReportFile | undefined,
): Promise<number> {
  const { uri, tls, config, outputFormat } = request;
  const { runs, failure } = await withServer(uri, (server) =>
    measureAll({ ...server, tls }, pointsOf(config), interrupt),
  );
  const [first] = runs;
  if (first === undefined) throw failure ?? interrupt.error();
  const points = runs.map(({ config: { numjobs, connections, bs, iodepth }, totals }) => ({
    ...{ numjobs, connections, bs, iodepth },
    totals,
  }));
  const [firstError] = runs.flatMap((run) => run.failure ?? run.firstError ?? []);
  // What ended it tells more than an I/O error before that.
  const complaint = failure === undefined ? firstError : oneLine(failure);
  const results: SweepResults = {
    config,
    server: first.server,
    points,
    best: bestOf(points),
    firstError: complaint,
    interrupted: interrupt.signal.aborted,
  };
  process.stdout.write(outputFormat === 'json' ? sweepJson(results) : sweepTable(results));
  if (complaint !== undefined) process.stderr.write(`nbd-bench: ${oneLine(complaint)}\n`);
  report?.write((await import('../output/report/sweep-report.js')).sweepReport(results));
  if (failure !== undefined) return interrupt.exitStatus ?? exitStatusOf(failure);
  return interrupt.exitStatus ?? (complaint === undefined ? EXIT_OK : EXIT_RUN);
}

/** An interrupt ends it, and a load that fails; what was measured until then is kept. */
async function measureAll(
  server: Parameters<typeof measure>[0],
  points: ReturnType<typeof pointsOf>,
  interrupt: Interrupt,
): Promise<{ runs: RunResults[]; failure: unknown }> {
  const line = new StepsLine('load', points.length);
  const runs: RunResults[] = [];
  let failure: unknown;
  try {
    await lookAtServer(server, points, interrupt);
    for (const config of points) {
      if (interrupt.signal.aborted) break;
      const { numjobs, connections, bs, iodepth } = config;
      line.next(`${numjobs} x ${connections}, ${bs} bytes, depth ${iodepth}`);
      const results = await measure(server, config, interrupt, false);
      runs.push(results);
      // Its server is gone, or has shut us out: the rest would tell nothing.
      if (results.failure !== undefined) break;
    }
  } catch (error) {
    if (!interrupt.signal.aborted) failure = error;
  } finally {
    line.end();
  }
  return { runs, failure };
}
