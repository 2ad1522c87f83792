import type { Co } from '@coaio/coroutine';
import type { Negotiated } from '../negotiation/negotiate.js';
import type { ReplySink } from '../requests/reply-sink.js';
import type { RequestLimits } from '../requests/request-options.js';
import type { UnderWay } from './under-way.js';

/** What takes the requests that commands are made of: the connections of a client. */
export interface RequestCarrier {
  /** As the connection of the last handshake has it. */
  readonly negotiated: Negotiated;
  /** Commands of several requests: the client waits for them before it closes. */
  readonly underWay: UnderWay;
  /** @throws NbdUsageError `NBD_CLOSED`: no command may begin. */
  assertOpen(operation: string, offset: number | bigint, length: number): void;
  /** Sends one request, and waits for its answer. See `Connection.request`. */
  request(
    type: number,
    flags: number,
    offset: number | bigint,
    length: number,
    memory: Uint8Array | null,
    limits?: RequestLimits,
    sink?: ReplySink | null,
  ): Co<void>;
  /** Puts all writes that were answered on stable storage, whichever connection they went through. */
  flush(limits?: RequestLimits): Co<void>;
}
