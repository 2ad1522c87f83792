import type { Co } from '@coaio/coroutine';
import {
  ClientHandshake,
  type ClientHandshakeEvent,
  type ClientHandshakeOptions,
  type ClientOption,
  NBD_OPT_ABORT,
  NEED_MORE,
} from '@coaio/nbd-protocol';
import {
  type QIOChannel,
  QIOChannelError,
  QIOChannelTls,
  type TlsClientOptions,
  TlsCredentials,
} from '@coaio/qio-channel';

/** What a handshake comes to once TLS has been seen to. */
export type HandshakeEvent = Exclude<ClientHandshakeEvent, { type: 'starttls' }>;

const READ_SIZE = 4096;

/** A handshake over a channel, which it moves into TLS when the server agrees. One call of it at a time. */
export class HandshakeExchange {
  readonly #handshake: ClientHandshake;
  readonly #tls: TlsClientOptions | undefined;
  readonly #bytes = new Uint8Array(READ_SIZE);
  #channel: QIOChannel;
  /** In TLS 1.3 a server looks at what we have shown once our handshake is over. Some that do not like it just hang up. */
  #awaitsVerdict = false;

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
        yield* this.#goOn();
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

  *#goOn(): Co<void> {
    if (!this.#awaitsVerdict) {
      yield* this.#send();
      yield* this.#receive();
      return;
    }
    try {
      yield* this.#send();
      if ((yield* this.#receive()) === 0) throw this.#refused(undefined);
    } catch (error) {
      const isCut = error instanceof QIOChannelError && error.fault === 'connection';
      throw isCut ? this.#refused(error) : error;
    }
    this.#awaitsVerdict = false;
  }

  #refused(cause: unknown): QIOChannelError {
    const { kind, hasCertificate } = this.#tls?.credentials ?? TlsCredentials.x509();
    const ours = hasCertificate ? 'not accept our certificate' : 'want a certificate, and there is none';
    const why = kind === 'psk' ? 'not accept our key' : ours;
    const detail = `the server ended the connection right after TLS: it may ${why}`;
    return new QIOChannelError('QIO_CHANNEL_TLS_REFUSED', detail, cause);
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

  *#receive(): Co<number> {
    const count = yield* this.#channel.readv([this.#bytes]);
    if (count === 0) this.#handshake.receiveEof();
    else this.#handshake.receive(this.#bytes.subarray(0, count));
    return count;
  }

  *#startTls(): Co<void> {
    if (this.#tls === undefined) throw new Error('STARTTLS was asked for without credentials');
    const tls = yield* QIOChannelTls.client(this.#channel, this.#tls);
    this.#awaitsVerdict = tls.session.protocol === 'TLSv1.3';
    this.#channel = tls;
    this.#channel.setFollowCoroutineCtx(true);
    this.#handshake.tlsStarted();
  }
}
