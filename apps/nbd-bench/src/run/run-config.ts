import type { Replies } from '../job/job-plan.js';

/** Under fio's names; the last two do both, in a mixture. */
export const RW = ['read', 'write', 'randread', 'randwrite', 'readwrite', 'randrw'] as const;
export type Rw = (typeof RW)[number];
/** Those that all rivals have. */
export const UNMIXED_RW = ['read', 'write', 'randread', 'randwrite'] as const satisfies readonly Rw[];

/** What to do to the export, under fio's names. Sizes in bytes. */
export interface RunConfig {
  rw: Rw;
  /** Percent of reads, in a mixture. */
  rwmixread: number;
  bs: number;
  /** Requests in flight, per job. */
  iodepth: number;
  /** Threads. */
  numjobs: number;
  /** Per job. */
  connections: number;
  /** Seconds that are measured. */
  runtime: number;
  /** Seconds of load before that. */
  rampTime: number;
  /** Default: what there is from `offset` on. */
  size?: number;
  offset: number;
  randseed: number;
  /** The most I/Os a second, per job; default: as many as go. */
  rateIops?: number;
  /** The most that the server is asked for; default: the best that it has. */
  replies?: Replies;
  /** How long a job's thread looks for answers before it sleeps, at most (QEMU's `poll-max-ns`); 0 = it sleeps at once. */
  pollMaxNs: number;
  /** Writes a pattern and reads it back; reads expect it. */
  verify: boolean;
}

export function writes(rw: Rw): boolean {
  return rw !== 'read' && rw !== 'randread';
}

export function reads(rw: Rw): boolean {
  return rw !== 'write' && rw !== 'randwrite';
}

export function isMixed(rw: Rw): boolean {
  return rw === 'readwrite' || rw === 'randrw';
}

export function isRandom(rw: Rw): boolean {
  return rw === 'randread' || rw === 'randwrite' || rw === 'randrw';
}
