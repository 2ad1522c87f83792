import type { Co } from '@coaio/coroutine';
import type { ExportInfo, MetaContext } from '@coaio/nbd-protocol';
import type { HandshakeEvent, HandshakeExchange } from './handshake-exchange.js';

/** What a handshake for transmission comes to. */
export interface Negotiated {
  export: ExportInfo;
  /** Replies come in chunks: structured ones, or extended ones with `extendedHeaders`. */
  structuredReplies: boolean;
  extendedHeaders: boolean;
  /** What NBD_CMD_BLOCK_STATUS reports on. */
  metaContexts: readonly MetaContext[];
  fixedNewstyle: boolean;
  /** The connection is inside TLS. */
  tls: boolean;
  /** What has arrived of the transmission phase. */
  rest: Uint8Array;
}

/** Goes through a handshake whose goal is `go`. A refusal is thrown. */
export function* negotiate(exchange: HandshakeExchange): Co<Negotiated> {
  return negotiated(yield* exchange.next(), exchange);
}

/** What `event` says if it is the last one before transmission. @throws the refusal. */
export function negotiated(event: HandshakeEvent, exchange: HandshakeExchange): Negotiated {
  const { type, ...agreed } = expected('ready', event);
  return { ...agreed, rest: exchange.rest };
}

/** `event`, which can only be of `type`. @throws the refusal. */
export function expected<Type extends HandshakeEvent['type']>(
  type: Type,
  event: HandshakeEvent,
): Extract<HandshakeEvent, { type: Type }> {
  if (event.type === 'refused') throw event.error;
  if (event.type !== type) throw new Error(`handshake came to ${event.type}, not ${type}`);
  return event as Extract<HandshakeEvent, { type: Type }>;
}
