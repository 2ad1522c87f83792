import type { ExportInfo } from '@coaio/nbd-client';

/** What one job does to its part of the export. Sizes in bytes. */
export interface JobPlan {
  /** Counted from 0. */
  index: number;
  write: boolean;
  random: boolean;
  bs: number;
  iodepth: number;
  /** The load runs so long before it is measured. */
  rampMs: number;
  /** How long it is measured. */
  runtimeMs: number;
  /** Of block 0. */
  offset: number;
  blocks: number;
  /** Where it begins when it goes through the blocks in order. */
  firstBlock: number;
  seed: number;
}

/** What the handshake came to. */
export interface ServerFacts extends ExportInfo {
  structuredReplies: boolean;
}

/** When a job did it, on the monotonic clock that all threads of the process share. */
export interface JobSpan {
  /** The ramp is over: from here on it is measured. */
  startedMs: number;
  endedMs: number;
  /** What ended the connection before its time. The figures are those of what had been done. */
  failure?: string;
}

export interface JobResult extends JobSpan {
  /** Those that succeeded once the ramp was over. */
  ios: number;
  /** Those that the server answered with an error, or that a lost connection cost. Those of the ramp count too. */
  errors: number;
  /** What the first answer that was an error said. */
  firstError?: string;
  /** Of those that succeeded: a `LatencyHistogram`, encoded. */
  latency: string;
}
