import type { SocketAddress } from '@coaio/qio-channel';
import type { RequestStatistics } from './connection/request-counts.js';

/** Since the server was made. */
export interface NbdServerStatistics extends RequestStatistics {
  /** Clients that are connected now. */
  readonly connections: number;
  /** Clients that were ever served. */
  readonly accepted: number;
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
