import type { DeadlockReport, ReportedHolder, ReportedWait } from './deadlock-report.js';

/** The report as lines of text: the circles, then who waits. Times in milliseconds. */
export function formatDeadlockReport(report: DeadlockReport): string {
  const lines = report.circles.map(([first, ...others]) =>
    // Who waits for itself has no other.
    ['circle:', [first, ...others, first].map((name) => `"${name}"`).join(' -> ')].join(' '),
  );
  return [...lines, ...report.waits.map(formatWait)].join('\n');
}

function formatWait({
  coroutine,
  thread,
  waitsFor,
  kind,
  mode,
  purpose,
  forMs,
  holders,
}: ReportedWait): string {
  const how = mode === undefined ? '' : ` to ${mode}`;
  const why = purpose === undefined ? '' : ` (${purpose})`;
  const held = holders.length === 0 ? '' : `, held by ${holders.map(formatHolder).join(', ')}`;
  return `"${coroutine}"${formatThread(thread)} waits ${forMs.toFixed()} ms for ${kind} "${waitsFor}"${how}${why}${held}`;
}

function formatHolder({ name, thread, forMs, purpose, granted }: ReportedHolder): string {
  const why = purpose === undefined ? '' : ` (${purpose})`;
  const since = forMs === undefined ? '' : ` for ${forMs.toFixed()} ms`;
  return `"${name}"${formatThread(thread)}${why}${since}${granted ? ', which has not run since' : ''}`;
}

function formatThread(thread: string | undefined): string {
  return thread === undefined ? '' : ` of thread "${thread}"`;
}
