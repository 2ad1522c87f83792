import type { SocketAddress } from '@coaio/qio-channel';

/** How many clients may be served, beside `maxConnections` of one server. */
export interface ConnectionLimit {
  readonly max: number;
  /** A client has come. @returns false: it is one too many. */
  enter(): boolean;
  /** One that has entered is gone. */
  leave(): void;
}

/** What is known of a client that somebody else has accepted. */
export interface ServeChannelOptions {
  /** Where it came from; default: what a TCP channel says. */
  address?: SocketAddress | null;
  /** For servers that have one limit together. */
  limit?: ConnectionLimit | null;
}
