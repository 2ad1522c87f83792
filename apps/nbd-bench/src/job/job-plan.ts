import type { ExportInfo, NbdClientHandle, NbdTlsOptions } from '@coaio/nbd-client';

/** The forms that replies can have, each with more to it than the one before. */
export const REPLIES = ['simple', 'structured', 'extended'] as const;
export type Replies = (typeof REPLIES)[number];

/** What to connect to, and how. */
export interface Target {
  uri: string;
  tls?: NbdTlsOptions | undefined;
  replies?: Replies;
  /** The client that all jobs share; else each connects by itself. */
  shared?: NbdClientHandle;
}

/** What one job does to its part of the export. Sizes in bytes. */
export interface JobPlan {
  /** Counted from 0. */
  index: number;
  /** Percent of the I/Os that are reads: 100, 0, or a mixture. */
  readPercent: number;
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
  /** The most I/Os a second; null: as many as go. */
  rateIops: number | null;
  /** See {@link fillPattern}. */
  verify: boolean;
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

/** I/Os of one direction that succeeded once the ramp was over. */
export interface Done {
  ios: number;
  /** A `LatencyHistogram`, encoded. */
  latency: string;
}

export interface JobResult extends JobSpan {
  read: Done;
  write: Done;
  /** How many of those went through each connection. */
  connectionIos: number[];
  /** Those that the server answered with an error, that a lost connection cost, or that brought other bytes than were written. Those of the ramp count too. */
  errors: number;
  /** What the first of them said. */
  firstError?: string;
  /** Blocks that were read back after the run. */
  verified: number;
}
