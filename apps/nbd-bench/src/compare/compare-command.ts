import type { CompareRequest } from '../cli/compare-options.js';
import { BenchError, EXIT_OK, EXIT_RUN, exitStatusOf, oneLine } from '../cli/failure.js';
import type { Interrupt } from '../cli/interrupt.js';
import { StepsLine } from '../cli/steps-line.js';
import { withServerChild } from '../embedded-server/server-child.js';
import { compareJson } from '../output/compare-json.js';
import { compareTable } from '../output/compare-table.js';
import { matrixTable } from '../output/matrix-table.js';
import type { ReportFile } from '../output/report/report-file.js';
import { lookAtServer } from '../run/look-at-server.js';
import type { Demand } from '../run/plan.js';
import { type CompareConfig, type Load, loadsOf } from './compare-config.js';
import type { ComparedLoad, CompareResults, Round } from './compare-results.js';
import { type FoundRivals, findInstalled, leaveOutUnfit } from './find-rivals.js';
import { ourselves } from './our-turn.js';
import { summarize } from './ratios.js';
import type { Contender, Rival, Turn } from './rival.js';
import { newRival, type RivalName } from './rivals.js';

/** @returns the exit status; the results are printed then. */
export async function compareCommand(
  request: CompareRequest,
  interrupt: Interrupt,
  report: ReportFile | undefined,
): Promise<number> {
  const { uri, config, outputFormat } = request;
  const installed = await findInstalled(config.rival, interrupt);
  const work = async (server: string): Promise<Compared> => {
    const capabilities = await lookAtServer({ uri: server }, demandsOf(config), interrupt);
    const rivals = leaveOutUnfit(installed, capabilities);
    return { server, rivals, ...(await compareLoads(config, rivals.versions, server, interrupt)) };
  };
  const compared = uri === undefined ? await withServerChild(work) : await work(uri);
  const { server, rivals, loads, failure } = compared;
  if (loads.length === 0) {
    if (interrupt.signal.aborted) throw interrupt.error();
    const names = [...rivals.versions.keys()].join(', ');
    throw failure ?? new BenchError(EXIT_RUN, `such a load none can do of ${names}`);
  }
  const results: CompareResults = {
    ...{ config, server: { uri: server, embedded: uri === undefined }, loads, skipped: rivals.skipped },
    failure: failure && oneLine(failure),
    interrupted: interrupt.signal.aborted,
  };
  process.stdout.write(outputFormat === 'json' ? compareJson(results) : printed(results));
  if (failure !== undefined) process.stderr.write(`nbd-bench: ${oneLine(failure)}\n`);
  report?.write((await import('../output/report/compare-report.js')).compareReport(results));
  return interrupt.exitStatus ?? (failure === undefined ? EXIT_OK : exitStatusOf(failure));
}

/** What came of it, with what ended it before its time, if anything did. */
interface Measured {
  loads: ComparedLoad[];
  failure: BenchError | undefined;
}

interface Compared extends Measured {
  server: string;
  rivals: FoundRivals;
}

/** A rival writes where it was asked to, if in another order. */
function demandsOf(config: CompareConfig): Demand[] {
  return loadsOf(config).map(({ rw, bs }) => ({ rw, bs, offset: 0, verify: false }));
}

function printed(results: CompareResults): string {
  return loadsOf(results.config).length === 1 ? compareTable(results) : matrixTable(results);
}

/** An interrupt ends it, and a turn that fails; a load of which there is no whole pair is left out. */
async function compareLoads(
  config: CompareConfig,
  versions: FoundRivals['versions'],
  uri: string,
  interrupt: Interrupt,
): Promise<Measured> {
  const loads = loadsOf(config);
  const line = new StepsLine('turn', config.rounds * versions.size * loads.length * 2);
  const compared: ComparedLoad[] = [];
  let failure: BenchError | undefined;
  try {
    for (const load of loads) {
      if (interrupt.signal.aborted || failure !== undefined) break;
      const rivals = [...versions.keys()].map(newRival).filter((rival) => rival.rw(load) !== undefined);
      const taken = await takeTurns(config.rounds, load, rivals, uri, interrupt, line);
      const { rounds } = taken;
      failure = taken.failure;
      const summaries = rivals.flatMap((rival) => {
        const { name } = rival;
        const pairs = rounds.filter((round) => round.name === name);
        const version = versions.get(name as RivalName) ?? '';
        return pairs.length === 0 ? [] : [summarize({ name, version, rw: rival.rw(load) ?? load.rw }, pairs)];
      });
      if (summaries.length > 0) compared.push({ load, rounds, rivals: summaries });
    }
  } finally {
    line.end();
  }
  return { loads: compared, failure };
}

/** Ours, a rival, ours, the next rival ... An interrupt ends it, and a turn that fails, after the last whole pair. */
async function takeTurns(
  count: number,
  asked: Load,
  rivals: readonly Rival[],
  uri: string,
  interrupt: Interrupt,
  line: StepsLine,
): Promise<{ rounds: Round[]; failure: BenchError | undefined }> {
  const rounds: Round[] = [];
  let failure: BenchError | undefined;
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
    if (!(error instanceof BenchError)) throw error;
    if (!interrupt.signal.aborted) failure = error;
  }
  return { rounds, failure };
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
