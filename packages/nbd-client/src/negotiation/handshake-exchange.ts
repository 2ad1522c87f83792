import type { Co } from '@coaio/coroutine';
import {
  ClientHandshake,
  type ClientHandshakeEvent,
  type ClientHandshakeOptions,
  type ClientOption,
  NBD_OPT_ABORT,
  NEED_MORE,
} from '@coaio/nbd-protocol';
import { type QIOChannel, QIOChannelTls, type TlsClientOptions } from '@coaio/qio-channel';

/** What a handshake comes to once TLS has been seen to. */
export type HandshakeEvent = Exclude<ClientHandshakeEvent, { type: 'starttls' }>;

const READ_SIZE = 4096;

/** A handshake over a channel, which it moves into TLS when the server agrees. One call of it at a time. */
export class HandshakeExchange {
  readonly #handshake: ClientHandshake;
  readonly #tls: TlsClientOptions | undefined;
  readonly #bytes = new Uint8Array(READ_SIZE);
  #channel: QIOChannel;

  /** @param tls must be there unless `options.tls` is `disable` and nobody asks for it. */
  constructor(channel: QIOChannel, options: ClientHandshakeOptions, tls: TlsClientOptions | undefined) {
    this.#channel = channel;
    this.#handshake = new ClientHandshake(options);
    this.#tls = tls;
  }

  /** What the connection is spoken over by now. */
  get channel(): QIOChannel {
    return this.#channel;
  }

  /** What has arrived of the transmission phase. */
  get rest(): Uint8Array {
    return this.#handshake.rest();
  }

  /** The next event. @throws NbdProtocolError; QIOChannelError of the channel, or of TLS. */
  *next(): Co<HandshakeEvent> {
    for (;;) {
      const event = this.#handshake.nextEvent();
      if (event === NEED_MORE) {
        yield* this.#send();
        yield* this.#receive();
      } else if (event.type === 'starttls') {
        yield* this.#startTls();
      } else {
        yield* this.#sendAfter(event);
        return event;
      }
    }
  }

  /** Asks for one option; the answer. Goal `options` only. @throws NbdUsageError where it must not be asked; as {@link next}. */
  *ask(option: ClientOption): Co<HandshakeEvent> {
    this.#handshake.ask(option);
    return yield* this.next();
  }

  /** Tells the server that nothing will come of it (`NBD_OPT_ABORT`), whether it listens or not. Goal `options` only. */
  *leave(): Co<void> {
    this.#handshake.ask({ option: NBD_OPT_ABORT });
    try {
      yield* this.#send();
    } catch {
      // It has gone first.
    }
  }

  *#send(): Co<void> {
    const outgoing = this.#handshake.takeOutgoing();
    if (outgoing.length > 0) yield* this.#channel.writevAll([outgoing]);
  }

  /** An NBD_OPT_ABORT that follows an answer. The answer counts, also if its server has gone. */
  *#sendAfter(event: HandshakeEvent): Co<void> {
    try {
      yield* this.#send();
    } catch (error) {
      if (event.type === 'ready' || event.type === 'negotiating') throw error;
    }
  }

  *#receive(): Co<void> {
    const count = yield* this.#channel.readv([this.#bytes]);
    if (count === 0) this.#handshake.receiveEof();
    else this.#handshake.receive(this.#bytes.subarray(0, count));
  }

  *#startTls(): Co<void> {
    if (this.#tls === undefined) throw new Error('STARTTLS was asked for without credentials');
    this.#channel = yield* QIOChannelTls.client(this.#channel, this.#tls);
    this.#channel.setFollowCoroutineCtx(true);
    this.#handshake.tlsStarted();
  }
}
