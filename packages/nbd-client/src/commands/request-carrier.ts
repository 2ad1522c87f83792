import type { Co } from '@coaio/coroutine';
import type { Negotiated } from '../negotiation/negotiate.js';
import type { ReplySink } from '../requests/reply-sink.js';
import type { RequestLimits } from '../requests/request-options.js';

/** What takes the requests that commands are made of: the connections of a client. */
export interface RequestCarrier {
  /** As the connection of the last handshake has it. */
  readonly negotiated: Negotiated;
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
