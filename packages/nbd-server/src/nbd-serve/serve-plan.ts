import type { SocketAddress } from '@coaio/qio-channel';
import type { MemoryExportHandle } from '../exports/memory/shared-sparse-memory.js';

/** What an export is made of. */
export type Disk =
  | { readonly memory: number | MemoryExportHandle }
  | { readonly null: number }
  | { readonly file: string };

export interface TlsPlan {
  readonly from: { readonly certificates: string } | { readonly pskFile: string };
  readonly policy: 'allow' | 'require';
  readonly verifyPeer: boolean;
}

/** What the command line asks for. Plain data: it goes to threads. */
export interface ServePlan {
  /** By name. */
  readonly exports: readonly (readonly [name: string, disk: Disk])[];
  readonly readOnly: boolean;
  readonly overlay: boolean;
  /** None: the default address, unless there are other ways to be reached. */
  readonly addresses: readonly SocketAddress[];
  readonly stdio: boolean;
  readonly tls: TlsPlan | null;
  /** For the shell; null: serve until a signal comes. */
  readonly run: string | null;
  readonly printUri: boolean;
  /** A file, or '-' for stdout. */
  readonly accessLog: string | null;
  readonly statistics: boolean;
  /** 1: the main thread. */
  readonly threads: number;
  readonly pollMaxNs: number;
  readonly maxConnections: number | undefined;
  readonly handshakeTimeoutMs: number | undefined;
}
