import type { CompareRequest } from '../cli/compare-options.js';
import { BenchError, EXIT_OK, EXIT_RUN, exitStatusOf, oneLine } from '../cli/failure.js';
import type { Interrupt } from '../cli/interrupt.js';
import { StepsLine } from '../cli/steps-line.js';
import { withServerChild } from '../embedded-server/server-child.js';
import { compareJson } from '../output/compare-json.js';
import { compareTable } from '../output/compare-table.js';
import { matrixTable } from '../output/matrix-table.js';
import { compareReport } from '../output/report/compare-report.js';
import type { ReportFile } from '../output/report/report-file.js';
import { type CompareConfig, type Load, loadsOf } from './compare-config.js';
import type { ComparedLoad, CompareResults, Round } from './compare-results.js';
import { ourselves } from './our-turn.js';
import { summarize } from './ratios.js';
import type { Contender, Rival, Turn } from './rival.js';
import { newRivals, type RivalName } from './rivals.js';

/** @returns the exit status; the results are printed then. */
export async function compareCommand(
  request: CompareRequest,
  interrupt: Interrupt,
  report: ReportFile | undefined,
): Promise<number> {
  const { config, outputFormat } = request;
  const { installed, skipped } = await findRivals(config.rival, interrupt.signal);
  if (installed.size === 0) throw new BenchError(EXIT_RUN, `no rival is installed: ${skipped.join(', ')}`);
  const embedded = request.uri === undefined;
  let server = request.uri ?? '';
  const work = (uri: string): Promise<ComparedLoad[]> => {
    server = uri;
    return compareLoads(config, installed, uri, interrupt);
  };
  const loads = request.uri === undefined ? await withServerChild(work) : await work(request.uri);
  if (loads.length === 0) {
    if (interrupt.signal.aborted) throw interrupt.error();
    throw new BenchError(EXIT_RUN, `such a load none can do of ${[...installed.keys()].join(', ')}`);
  }
  const interrupted = interrupt.signal.aborted;
  const results = { config, server: { uri: server, embedded }, loads, skipped, interrupted };
  process.stdout.write(outputFormat === 'json' ? compareJson(results) : printed(results));
  report?.write(compareReport(results));
  return interrupt.exitStatus ?? EXIT_OK;
}

function printed(results: CompareResults): string {
  return loadsOf(results.config).length === 1 ? compareTable(results) : matrixTable(results);
}

/** An interrupt ends it; a load of which there is no whole pair is left out. */
async function compareLoads(
  config: CompareConfig,
  installed: ReadonlyMap<RivalName, string>,
  uri: string,
  interrupt: Interrupt,
): Promise<ComparedLoad[]> {
  const loads = loadsOf(config);
  const line = new StepsLine('turn', config.rounds * installed.size * loads.length * 2);
  const compared: ComparedLoad[] = [];
  try {
    for (const load of loads) {
      if (interrupt.signal.aborted) break;
      const rivals = newRivals([...installed.keys()]).filter((rival) => rival.rw(load) !== undefined);
      const rounds = await takeTurns(config.rounds, load, rivals, uri, interrupt, line);
      const summaries = rivals.flatMap((rival) => {
        const { name } = rival;
        const pairs = rounds.filter((round) => round.name === name);
        const version = installed.get(name as RivalName) ?? '';
        return pairs.length === 0 ? [] : [summarize({ name, version, rw: rival.rw(load) ?? load.rw }, pairs)];
      });
      if (summaries.length > 0) compared.push({ load, rounds, rivals: summaries });
    }
  } finally {
    line.end();
  }
  return compared;
}

async function findRivals(
  names: readonly RivalName[],
  signal: AbortSignal,
): Promise<{ installed: Map<RivalName, string>; skipped: string[] }> {
  const installed = new Map<RivalName, string>();
  const skipped: string[] = [];
  for (const [index, rival] of newRivals(names).entries()) {
    const version = await rival.version(signal);
    if (version === undefined) skipped.push(rival.name);
    else installed.set(names[index] as RivalName, version);
  }
  return { installed, skipped };
}

/** Ours, a rival, ours, the next rival ...; an interrupt ends it after the last whole pair. */
async function takeTurns(
  count: number,
  asked: Load,
  rivals: readonly Rival[],
  uri: string,
  interrupt: Interrupt,
  line: StepsLine,
): Promise<Round[]> {
  const rounds: Round[] = [];
  try {
    for (let round = 1; round <= count; round++) {
      for (const rival of rivals) {
        const load: Load = { ...asked, rw: rival.rw(asked) ?? asked.rw };
        line.next(ourselves.name);
        const ours = await turn(ourselves, load, uri, interrupt.signal);
        line.next(rival.name);
        rounds.push({ round, name: rival.name, ours, rival: await turn(rival, load, uri, interrupt.signal) });
      }
    }
  } catch (error) {
    if (!interrupt.signal.aborted) throw error;
  }
  return rounds;
}

async function turn(contender: Contender, load: Load, uri: string, signal: AbortSignal): Promise<Turn> {
  try {
    return await contender.turn(load, uri, signal);
  } catch (error) {
    // Our own command names itself already.
    const words = oneLine(error).replace(/^nbd-bench: /, '');
    const message = contender === ourselves ? words : `${contender.name}: ${words}`;
    throw new BenchError(contender === ourselves ? exitStatusOf(error) : EXIT_RUN, message, error);
  }
}
