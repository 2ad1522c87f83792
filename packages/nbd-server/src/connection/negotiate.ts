import type { Co } from '@coaio/coroutine';
import {
  type ExportInfo,
  NEED_MORE,
  ServerHandshake,
  type ServerHandshakeOptions,
} from '@coaio/nbd-protocol';
import { type QIOChannel, QIOChannelError } from '@coaio/qio-channel';

/** What a handshake that leads to transmission comes to. */
export interface Negotiated {
  readonly export: ExportInfo;
  readonly structuredReplies: boolean;
  /** What has arrived of the transmission phase, no more than one read. */
  readonly rest: Uint8Array;
}

const READ_SIZE = 4096;

/**
 * Pumps a handshake through the channel. @returns null when the client has left.
 * @throws NbdProtocolError the client broke the specification; QIOChannelError
 */
export function* negotiate(channel: QIOChannel, options: ServerHandshakeOptions): Co<Negotiated | null> {
  const handshake = new ServerHandshake(options);
  const bytes = new Uint8Array(READ_SIZE);
  for (;;) {
    const event = handshake.nextEvent();
    const outgoing = handshake.takeOutgoing();
    if (event !== NEED_MORE && event.type === 'aborted') {
      yield* sayGoodbye(channel, outgoing);
      return null;
    }
    if (outgoing.length > 0) yield* channel.writevAll([outgoing]);
    if (event !== NEED_MORE && event.type === 'ready') {
      return { export: event.export, structuredReplies: event.structuredReplies, rest: handshake.rest() };
    }
    const count = yield* channel.readv([bytes]);
    if (count === 0) return null;
    handshake.receive(bytes.subarray(0, count));
  }
}

// proto.md: a client that has sent NBD_OPT_ABORT need not wait for the answer.
function* sayGoodbye(channel: QIOChannel, acknowledgement: Uint8Array): Co<void> {
  try {
    yield* channel.writevAll([acknowledgement]);
  } catch (error) {
    if (!(error instanceof QIOChannelError)) throw error;
  }
}
