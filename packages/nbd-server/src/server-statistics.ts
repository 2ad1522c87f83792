import type { SocketAddress } from '@coaio/qio-channel';
import { RequestCounts, type RequestStatistics } from './connection/request-counts.js';

/** Since the server was made. */
export interface NbdServerStatistics extends RequestStatistics {
  /** Clients that are connected now. */
  readonly connections: number;
  /** Clients that were ever served. */
  readonly accepted: number;
}

export const NO_STATISTICS: NbdServerStatistics = {
  connections: 0,
  accepted: 0,
  ...new RequestCounts().statistics,
};

export function sumOfStatistics(all: readonly NbdServerStatistics[]): NbdServerStatistics {
  const sum: Record<keyof NbdServerStatistics, number> = { ...NO_STATISTICS };
  const names = Object.keys(sum) as (keyof NbdServerStatistics)[];
  for (const one of all) for (const name of names) sum[name] += one[name];
  return sum;
}

/** A connection that has ended. */
export interface NbdConnectionSummary {
  readonly clientName: string;
  /** Where a TCP client came from. */
  readonly address: SocketAddress | null;
  /** Null: it did not choose one. */
  readonly exportName: string | null;
  readonly tls: boolean;
  /** As `Date.now()` has it. */
  readonly startedAt: number;
  readonly durationMs: number;
  readonly requests: RequestStatistics;
  /** What `onConnectionError` was told of it; undefined: it ended as its client wished. */
  readonly error: unknown;
}
