import type { ExportInfo } from '@coaio/nbd-protocol';
import { usageError } from '../cli/failure.js';
import type { JobPlan } from '../job/job-plan.js';
import { isMixed, isRandom, type RunConfig, writes } from './run-config.js';

/** The part of the export that is used, in bytes. */
export interface Extent {
  offset: number;
  size: number;
}

/** What an export can be too small, or too strict, for. */
export type Demand = Pick<RunConfig, 'rw' | 'bs' | 'offset' | 'size' | 'verify'>;

/** @throws BenchError when the export cannot take the load. */
export function fitToExport(config: Demand, info: ExportInfo): Extent {
  const { bs, offset } = config;
  const { minimum, maximum } = info.blockSize;
  if (writes(config.rw) && info.readOnly) {
    throw usageError(`--rw ${config.rw}: export "${info.name}" is read-only`);
  }
  if (bs % minimum !== 0) {
    throw usageError(`--bs ${bs} is not a multiple of the server's minimum block size ${minimum}`);
  }
  if (bs > maximum) throw usageError(`--bs ${bs} exceeds the server's maximum of ${maximum} bytes`);
  if (offset % minimum !== 0) {
    throw usageError(`--offset ${offset} is not a multiple of the server's minimum block size ${minimum}`);
  }
  // Beyond 2^53 offsets would no longer be exact.
  const exportSize = Number(info.size < 2n ** 53n ? info.size : 2n ** 53n - 1n);
  if (BigInt(bs) > info.size) {
    throw usageError(`--bs ${bs} is larger than the export, which has ${info.size} bytes`);
  }
  if (offset + bs > exportSize) {
    throw usageError(
      `--offset ${offset} leaves no room for a block of ${bs} bytes, the export has ${info.size}`,
    );
  }
  if (config.verify && (bs % 4 !== 0 || offset % 4 !== 0)) {
    throw usageError(`--verify: --bs ${bs} and --offset ${offset} must be multiples of 4`);
  }
  const size = config.size ?? exportSize - offset;
  if (bs > size) throw usageError(`--bs ${bs} is larger than --size ${size}`);
  if (offset + size > exportSize) {
    throw usageError(
      `--size ${size} from --offset ${offset} on exceeds the export, which has ${info.size} bytes`,
    );
  }
  return { offset, size };
}

/** What each job has to do. */
export function planJobs(config: RunConfig, extent: Extent): JobPlan[] {
  const { rw, bs, iodepth, numjobs, runtime, rampTime, randseed, rateIops = null, verify } = config;
  // A rest that is shorter than a block is not used.
  const blocks = Math.floor(extent.size / bs);
  return Array.from({ length: numjobs }, (_, index) => ({
    index,
    readPercent: isMixed(rw) ? config.rwmixread : writes(rw) ? 0 : 100,
    random: isRandom(rw),
    bs,
    iodepth,
    rampMs: rampTime * 1000,
    runtimeMs: runtime * 1000,
    offset: extent.offset,
    blocks,
    // Evenly spaced, so that in order the jobs do not follow in each other's tracks.
    firstBlock: Math.floor((blocks / numjobs) * index),
    seed: randseed,
    rateIops,
    verify,
  }));
}
