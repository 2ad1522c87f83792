import { type Channel, channel } from 'node:diagnostics_channel';
import type { ExportInfo } from '@coaio/nbd-protocol';

/** A request as the channels tell of it. */
export interface TracedRequest {
  /** Name of the connection's channel. */
  readonly connection: string;
  readonly operation: string;
  readonly offset: number | bigint;
  readonly length: number;
}

/**
 * What this package publishes on `node:diagnostics_channel`, by channel name. Messages are published as it happens, in
 * the client's thread; a subscriber must not call the client. Without subscribers no message is made.
 */
export interface NbdClientTrace {
  /** A connection is in transmission, the first or a further one. */
  'coaio:nbd-client:connect': { readonly connection: string; readonly export: ExportInfo };
  'coaio:nbd-client:request': TracedRequest;
  /** `error` null: it succeeded. */
  'coaio:nbd-client:reply': TracedRequest & { readonly error: unknown };
  /** A connection was lost and its place is to be filled again; `connect` tells when it is. */
  'coaio:nbd-client:reconnect': { readonly connection: string; readonly reason: unknown };
}

/** A channel whose messages have a type. */
interface TraceChannel<T> {
  readonly hasSubscribers: boolean;
  publish(message: T): void;
}

function traceChannel<K extends keyof NbdClientTrace>(name: K): TraceChannel<NbdClientTrace[K]> {
  return channel(name) as Channel;
}

export const connectChannel = traceChannel('coaio:nbd-client:connect');
export const requestChannel = traceChannel('coaio:nbd-client:request');
export const replyChannel = traceChannel('coaio:nbd-client:reply');
export const reconnectChannel = traceChannel('coaio:nbd-client:reconnect');
