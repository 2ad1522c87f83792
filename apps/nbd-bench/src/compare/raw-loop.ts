import { fileURLToPath } from 'node:url';
import manifest from '../../package.json' with { type: 'json' };
import { toThousandths } from '../output/to-thousandths.js';
import type { Load } from './compare-config.js';
import type { Rival, Turn } from './rival.js';
import { runProgram } from './run-program.js';

const COMMAND = fileURLToPath(new URL('./raw-loop.js', import.meta.url));

/** The least that a client on `node:net` can do, in a process of its own: no rival, but the ceiling. */
export const rawLoop: Rival = {
  name: 'raw-loop',
  version: async () => manifest.version,
  rw: ({ rw }) => rw,

  async turn(load: Load, uri: string, signal: AbortSignal): Promise<Turn> {
    const stdout = await runProgram(process.execPath, [COMMAND, uri, JSON.stringify(load)], signal);
    const { iops, mibPerSecond, cpuUsPerIo } = JSON.parse(stdout ?? '') as Required<Turn>;
    return {
      iops: toThousandths(iops),
      mibPerSecond: toThousandths(mibPerSecond),
      cpuUsPerIo: toThousandths(cpuUsPerIo),
    };
  },
};
