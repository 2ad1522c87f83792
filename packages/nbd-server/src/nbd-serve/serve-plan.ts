import type { SocketAddress } from '@coaio/qio-channel';

/** What an export is made of. */
export type Disk = { readonly memory: number } | { readonly null: number } | { readonly file: string };

export interface TlsPlan {
  readonly from: { readonly certificates: string } | { readonly pskFile: string };
  readonly policy: 'allow' | 'require';
  readonly verifyPeer: boolean;
}

/** What the command line asks for. */
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
  readonly maxConnections: number | undefined;
  readonly handshakeTimeoutMs: number | undefined;
}
