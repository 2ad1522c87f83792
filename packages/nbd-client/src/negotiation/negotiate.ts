import type { Co } from '@coaio/coroutine';
import {
  ClientHandshake,
  type ClientHandshakeEvent,
  type ClientHandshakeOptions,
  type ExportInfo,
  NEED_MORE,
} from '@coaio/nbd-protocol';
import type { QIOChannel } from '@coaio/qio-channel';

/** What a handshake for transmission comes to. */
export interface Negotiated {
  export: ExportInfo;
  structuredReplies: boolean;
  /** What has arrived of the transmission phase. */
  rest: Uint8Array;
}

const READ_SIZE = 4096;

/** Pumps a handshake through the channel until it comes to something. A refusal is thrown. */
export function* negotiate(
  channel: QIOChannel,
  options: ClientHandshakeOptions,
): Co<{ event: Exclude<ClientHandshakeEvent, { type: 'refused' }>; rest: Uint8Array }> {
  const handshake = new ClientHandshake(options);
  const bytes = new Uint8Array(READ_SIZE);
  for (;;) {
    const event = handshake.nextEvent();
    const outgoing = handshake.takeOutgoing();
    // An NBD_OPT_ABORT that follows a refusal is included.
    if (outgoing.length > 0) yield* channel.writevAll([outgoing]);
    if (event !== NEED_MORE) {
      if (event.type === 'refused') throw event.error;
      return { event, rest: handshake.rest() };
    }
    const count = yield* channel.readv([bytes]);
    if (count === 0) handshake.receiveEof();
    else handshake.receive(bytes.subarray(0, count));
  }
}
