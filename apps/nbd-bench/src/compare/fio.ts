import { tmpdir } from 'node:os';
import { toThousandths } from '../output/to-thousandths.js';
import { type Rw, writes } from '../run/run-config.js';
import type { Load } from './compare-config.js';
import type { Rival, Turn } from './rival.js';
import { runProgram } from './run-program.js';

/** fio with its libnbd engine. */
export const fio: Rival = {
  name: 'fio',

  async version(signal) {
    const engine = await runProgram('fio', ['--enghelp=nbd'], signal).catch(() => undefined);
    // Built without libnbd it ends well all the same, but has no option `uri`.
    if (engine === undefined || !/^uri\b/m.test(engine)) return undefined;
    return (await runProgram('fio', ['--version'], signal))?.trim().replace(/^fio-/, '');
  },

  rw: ({ rw }) => rw,

  async turn(load: Load, uri: string, signal: AbortSignal): Promise<Turn> {
    const args = [
      ...['--name=nbd-bench', '--ioengine=nbd', `--uri=${uri}`, `--rw=${load.rw}`, `--bs=${load.bs}`],
      ...[`--iodepth=${load.iodepth}`, `--runtime=${Math.round(load.runtime * 1000)}ms`, '--time_based'],
      `--ramp_time=${Math.round(load.rampTime * 1000)}ms`,
      // No map of blocks that were visited: we keep none.
      ...['--size=100%', '--norandommap', '--output-format=json', `--aux-path=${tmpdir()}`],
    ];
    return parseFio((await runProgram('fio', args, signal)) ?? '', load.rw);
  },
};

interface FioJob {
  read: FioDirection;
  write: FioDirection;
  /** Percent of the runtime. */
  usr_cpu: number;
  sys_cpu: number;
}

interface FioDirection {
  iops: number;
  bw_bytes: number;
  /** Milliseconds. */
  runtime: number;
  total_ios: number;
}

/** Reads the output of `--output-format=json`, with whatever lines the engine has printed before it. */
export function parseFio(stdout: string, rw: Rw): Turn {
  const start = stdout.search(/^\{/m);
  if (start < 0) throw new Error('fio printed no JSON');
  const [job] = (JSON.parse(stdout.slice(start)) as { jobs: FioJob[] }).jobs;
  if (job === undefined) throw new Error('fio reported no job');
  const { iops, bw_bytes, runtime, total_ios } = writes(rw) ? job.write : job.read;
  if (total_ios === 0) throw new Error('fio did no I/O');
  const cpuMs = ((job.usr_cpu + job.sys_cpu) / 100) * runtime;
  return {
    iops: toThousandths(iops),
    mibPerSecond: toThousandths(bw_bytes / 2 ** 20),
    cpuUsPerIo: toThousandths((cpuMs * 1000) / total_ios),
  };
}
