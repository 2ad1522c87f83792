import type { CompareRequest } from '../cli/compare-options.js';
import { BenchError, EXIT_OK, EXIT_RUN, exitStatusOf, oneLine } from '../cli/failure.js';
import type { Interrupt } from '../cli/interrupt.js';
import { StepsLine } from '../cli/steps-line.js';
import { withServerChild } from '../embedded-server/server-child.js';
import { compareJson } from '../output/compare-json.js';
import { compareTable } from '../output/compare-table.js';
import type { CompareConfig, Load } from './compare-config.js';
import type { Round } from './compare-results.js';
import { fio } from './fio.js';
import { ourselves } from './our-turn.js';
import { QemuImg } from './qemu-img.js';
import { summarize } from './ratios.js';
import type { Contender, Rival, Turn } from './rival.js';

interface Installed {
  rival: Rival;
  version: string;
}

/** @returns the exit status; the results are printed then. */
export async function compareCommand(request: CompareRequest, interrupt: Interrupt): Promise<number> {
  const { installed, skipped } = await findRivals([fio, new QemuImg()], interrupt.signal);
  if (installed.length === 0) throw new BenchError(EXIT_RUN, `no rival is installed: ${skipped.join(', ')}`);
  const work = (uri: string): Promise<Round[]> => takeTurns(request.config, installed, uri, interrupt);
  const embedded = request.uri === undefined;
  let server = request.uri ?? '';
  const rounds =
    request.uri === undefined
      ? await withServerChild((uri) => {
          server = uri;
          return work(uri);
        })
      : await work(request.uri);
  if (rounds.length === 0) throw interrupt.error();

  const rivals = installed.flatMap(({ rival, version }) => {
    const pairs = rounds.filter((round) => round.name === rival.name);
    const rw = rival.rw(request.config.rw);
    return pairs.length === 0 ? [] : [summarize({ name: rival.name, version, rw }, pairs)];
  });
  const { config } = request;
  const interrupted = interrupt.signal.aborted;
  const results = { config, server: { uri: server, embedded }, rounds, rivals, skipped, interrupted };
  process.stdout.write(request.outputFormat === 'json' ? compareJson(results) : compareTable(results));
  return interrupt.exitStatus ?? EXIT_OK;
}

async function findRivals(
  known: readonly Rival[],
  signal: AbortSignal,
): Promise<{ installed: Installed[]; skipped: string[] }> {
  const installed: Installed[] = [];
  const skipped: string[] = [];
  for (const rival of known) {
    const version = await rival.version(signal);
    if (version === undefined) skipped.push(rival.name);
    else installed.push({ rival, version });
  }
  return { installed, skipped };
}

/** Ours, a rival, ours, the next rival ...; an interrupt ends it after the last whole pair. */
async function takeTurns(
  config: CompareConfig,
  installed: readonly Installed[],
  uri: string,
  interrupt: Interrupt,
): Promise<Round[]> {
  const { bs, iodepth, runtime } = config;
  const rounds: Round[] = [];
  const line = new StepsLine('turn', config.rounds * installed.length * 2);
  try {
    for (let round = 1; round <= config.rounds; round++) {
      for (const { rival } of installed) {
        const load: Load = { rw: rival.rw(config.rw), bs, iodepth, runtime };
        line.next(ourselves.name);
        const ours = await turn(ourselves, load, uri, interrupt.signal);
        line.next(rival.name);
        rounds.push({ round, name: rival.name, ours, rival: await turn(rival, load, uri, interrupt.signal) });
      }
    }
  } catch (error) {
    if (!interrupt.signal.aborted) throw error;
  } finally {
    line.end();
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
