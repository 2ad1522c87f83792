import type { Co } from '@coaio/coroutine';
import {
  encodeOldstyleGreeting,
  type MetaContext,
  NBD_FLAG_BLOCK_STATUS_PAYLOAD,
  NBD_FLAG_SEND_DF,
  NEED_MORE,
  ServerHandshake,
} from '@coaio/nbd-protocol';
import { type QIOChannel, QIOChannelError, QIOChannelTls } from '@coaio/qio-channel';
import type { ExportTable } from '../exports/export-table.js';
import type { ServedExport } from '../exports/served-export.js';
import type { ServerSettings } from '../nbd-server-options.js';
import { ReadGate } from './read-gate.js';

/** What a handshake that leads to transmission comes to. */
export interface Negotiated {
  readonly served: ServedExport;
  readonly structuredReplies: boolean;
  readonly extendedHeaders: boolean;
  readonly metaContexts: readonly MetaContext[];
  /** What has arrived of the transmission phase, no more than one read. */
  readonly rest: Uint8Array;
}

const READ_SIZE = 4096;
const NEEDS_HAGGLING = NBD_FLAG_SEND_DF | NBD_FLAG_BLOCK_STATUS_PAYLOAD;

/** The handshake of one client. */
export class Negotiation {
  /** Through which the client is read. */
  readonly gate: ReadGate;
  readonly #exports: ExportTable;
  readonly #settings: ServerSettings;
  readonly #handshake: ServerHandshake;
  #channel: QIOChannel;
  #served: ServedExport | null = null;

  constructor(channel: QIOChannel, exports: ExportTable, settings: ServerSettings) {
    this.#channel = channel;
    this.gate = new ReadGate(channel);
    this.#exports = exports;
    this.#settings = settings;
    this.#handshake = new ServerHandshake({ directory: exports, ...settings.offers });
  }

  /** What the client is talked to through: once TLS has started, that. */
  get channel(): QIOChannel {
    return this.#channel;
  }

  /** The export that the client has chosen. */
  get served(): ServedExport | null {
    return this.#served;
  }

  /** From now on the client is told that the server is shutting down, whatever it asks for. */
  shutdown(): void {
    this.#handshake.shutdown();
  }

  /**
   * @returns null when the client has left.
   * @throws NbdProtocolError the client broke the specification; QIOChannelError
   */
  *run(): Co<Negotiated | null> {
    if (this.#settings.oldstyle) return yield* this.#greetOldstyle();
    const handshake = this.#handshake;
    const bytes = new Uint8Array(READ_SIZE);
    for (;;) {
      const event = handshake.nextEvent();
      // In the turn in which it was found: it may be removed in the next.
      if (event !== NEED_MORE && event.type === 'ready') this.#served = this.#exports.served(event.export);
      const outgoing = handshake.takeOutgoing();
      if (event !== NEED_MORE && event.type === 'aborted') {
        yield* this.#sayGoodbye(outgoing);
        return null;
      }
      if (outgoing.length > 0) yield* this.#channel.writevAll([outgoing]);
      if (event !== NEED_MORE && event.type === 'ready') {
        const { structuredReplies, extendedHeaders, metaContexts } = event;
        const served = this.#served as ServedExport;
        return { served, structuredReplies, extendedHeaders, metaContexts, rest: handshake.rest() };
      }
      if (event !== NEED_MORE) yield* this.#startTls();
      const count = yield* this.gate.readv([bytes]);
      if (count === 0) return null;
      handshake.receive(bytes.subarray(0, count));
    }
  }

  *#startTls(): Co<void> {
    const { tls } = this.#settings;
    if (tls === null) throw new Error('NBD_OPT_STARTTLS was accepted without credentials');
    const secured = yield* QIOChannelTls.server(this.#channel, tls);
    secured.setFollowCoroutineCtx(true);
    this.#channel = secured;
    this.gate.readFrom(secured);
    this.#handshake.tlsStarted();
  }

  *#greetOldstyle(): Co<Negotiated | null> {
    const info = this.#exports.find('');
    // There is no way to say so.
    if (info === undefined) return null;
    this.#served = this.#exports.served(info);
    const { size, flags } = info;
    yield* this.#channel.writevAll([encodeOldstyleGreeting({ size, flags: flags & ~NEEDS_HAGGLING })]);
    return {
      served: this.#served,
      structuredReplies: false,
      extendedHeaders: false,
      metaContexts: [],
      rest: new Uint8Array(0),
    };
  }

  // proto.md: a client that has sent NBD_OPT_ABORT need not wait for the answer.
  *#sayGoodbye(acknowledgement: Uint8Array): Co<void> {
    try {
      yield* this.#channel.writevAll([acknowledgement]);
    } catch (error) {
      if (!(error instanceof QIOChannelError)) throw error;
    }
  }
}
