import { fileURLToPath } from 'node:url';
import type { Load } from './compare-config.js';
import type { Contender, Turn } from './rival.js';
import { runProgram } from './run-program.js';

const COMMAND = fileURLToPath(new URL('./nbd-bench.js', import.meta.url));

/** Ourselves, one job, in a fresh process. */
export const ourselves: Contender = {
  name: 'nbd-bench',

  async turn(load: Load, uri: string, signal: AbortSignal): Promise<Turn> {
    const { rampTime, pollMaxNs, ...rest } = load;
    const options = Object.entries({ ...rest, 'ramp-time': rampTime, 'poll-max-ns': pollMaxNs }).flatMap(
      ([name, value]) => [`--${name}`, String(value)],
    );
    const args = [COMMAND, 'run', ...options, '--output-format', 'json', uri];
    const stdout = await runProgram(process.execPath, args, signal);
    const { totals } = JSON.parse(stdout ?? '') as { totals: { [K in keyof Turn]-?: number | null } };
    const { iops, mibPerSecond, cpuUsPerIo } = totals;
    return {
      iops: iops ?? 0,
      mibPerSecond: mibPerSecond ?? 0,
      ...(cpuUsPerIo === null ? {} : { cpuUsPerIo }),
    };
  },
};
