import type { ExportInfo } from '@coaio/nbd-client';

/** What one job does to its part of the export. Sizes in bytes. */
export interface JobPlan {
  /** Counted from 0. */
  index: number;
  write: boolean;
  random: boolean;
  bs: number;
  iodepth: number;
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
  startedMs: number;
  endedMs: number;
}

export interface JobResult extends JobSpan {
  /** Those that succeeded. */
  ios: number;
  /** Those that the server answered with an error. */
  errors: number;
  /** What the first of them said. */
  firstError?: string;
  /** Of those that succeeded: a `LatencyHistogram`, encoded. */
  latency: string;
}
