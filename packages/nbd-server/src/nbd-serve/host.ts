import type { QIONetListener, SocketAddress } from '@coaio/qio-channel';
import type { NbdConnectionSummary, NbdServerStatistics } from '../server-statistics.js';

/** What serves the exports, in this thread or in several. */
export interface Host {
  /** @returns the URI. */
  listen(where: SocketAddress | QIONetListener): Promise<string>;
  statistics(): Promise<NbdServerStatistics>;
  /** Rejects once nobody serves any more, though it was not closed. */
  readonly failure: Promise<never>;
  close(): Promise<void>;
}

/** Who is told of connections. */
export interface Reports {
  failed(clientName: string, text: string): void;
  ended(summary: NbdConnectionSummary): void;
}
