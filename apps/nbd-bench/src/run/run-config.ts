export type Rw = 'read' | 'write' | 'randread' | 'randwrite';

/** What to do to the export, under fio's names. Sizes in bytes. */
export interface RunConfig {
  rw: Rw;
  bs: number;
  /** Requests in flight, per job. */
  iodepth: number;
  /** Threads, a connection each. */
  numjobs: number;
  /** Seconds that are measured. */
  runtime: number;
  /** Seconds of load before that. */
  rampTime: number;
  /** Default: what there is from `offset` on. */
  size?: number;
  offset: number;
  randseed: number;
}

export function writes(rw: Rw): boolean {
  return rw === 'write' || rw === 'randwrite';
}

export function isRandom(rw: Rw): boolean {
  return rw === 'randread' || rw === 'randwrite';
}
