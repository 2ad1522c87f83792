import { type Co, coRun } from '@coaio/coroutine';
import { NbdClient, type NbdClientOptions } from '@coaio/nbd-client';
import {
  CHUNK_HEADER_SIZE,
  DATA_CHUNK_SIZE,
  decodeExtendedRequest,
  decodeRequest,
  EXTENT_SIZE,
  type ExportFacts,
  type ExtendedRequestHeader,
  encodeBlockStatusChunk,
  encodeDataChunk,
  encodeErrorChunk,
  encodeErrorOffsetChunk,
  encodeExtent,
  encodeHoleChunk,
  encodeNoneChunk,
  encodeSimpleReply,
  exportInfoFromFlags,
  messageBytes,
  NBD_CMD_FLAG_PAYLOAD_LEN,
  NBD_CMD_WRITE,
  NBD_FLAG_SEND_FLUSH,
  NBD_FLAG_SEND_FUA,
  NEED_MORE,
  newExtendedRequestHeader,
  type RequestHeader,
  ServerHandshake,
  STATUS_CHUNK_SIZE,
} from '@coaio/nbd-protocol';
import { type PairOptions, QIOChannelPair, ReadWindow } from '@coaio/qio-channel';

export interface ReceivedRequest extends ExtendedRequestHeader {
  payload: Uint8Array;
  /** The offset as one number. */
  offset: number;
}

/** A server that does what a test's script says, byte for byte. */
export class ScriptedServer {
  readonly channel: QIOChannelPair;
  readonly window: ReadWindow;
  #extended = false;

  constructor(channel: QIOChannelPair) {
    this.channel = channel;
    this.window = new ReadWindow(channel);
  }

  *handshake(
    facts: Partial<ExportFacts>,
    structuredReplies: boolean,
    { metaContexts = [], extendedHeaders = false }: ScriptOffers = {},
  ): Co<void> {
    const info = exportInfoFromFlags({
      name: '',
      size: 1n << 20n,
      flags: NBD_FLAG_SEND_FLUSH | NBD_FLAG_SEND_FUA,
      ...facts,
    });
    const directory = {
      list: () => [info],
      find: (name: string) => (name === info.name ? info : undefined),
      metaContexts: () => metaContexts.map((name) => ({ name })),
    };
    const handshake = new ServerHandshake({ directory, structuredReplies, extendedHeaders });
    for (;;) {
      const event = handshake.nextEvent();
      const outgoing = handshake.takeOutgoing();
      if (outgoing.length > 0) yield* this.channel.writevAll([outgoing]);
      if (event !== NEED_MORE) {
        this.#extended = event.type === 'ready' && event.extendedHeaders;
        return;
      }
      const bytes = new Uint8Array(1);
      if ((yield* this.channel.readv([bytes])) === 0) return;
      handshake.receive(bytes);
    }
  }

  /** The next request, with the payload of a write. */
  *request(): Co<ReceivedRequest> {
    const header = newExtendedRequestHeader();
    const decode = this.#extended ? decodeExtendedRequest : decodeRequest;
    for (;;) {
      const next = decode(this.window.view, this.window.at, this.window.end, header);
      if (next !== NEED_MORE) {
        this.window.at = next;
        break;
      }
      if ((yield* this.window.fill()) === 0)
        throw new Error('the client closed instead of sending a request');
    }
    const hasPayload = header.type === NBD_CMD_WRITE || (header.flags & NBD_CMD_FLAG_PAYLOAD_LEN) !== 0;
    const payload = new Uint8Array(hasPayload ? header.length : 0);
    yield* this.window.take(payload);
    return { ...header, payload, offset: header.offsetHigh * 2 ** 32 + header.offsetLow };
  }

  *requests(count: number): Co<ReceivedRequest[]> {
    const requests: ReceivedRequest[] = [];
    while (requests.length < count) requests.push(yield* this.request());
    return requests;
  }

  *send(...bytes: Uint8Array[]): Co<void> {
    yield* this.channel.writevAll(bytes);
  }

  /** Whether the client has closed, with nothing more sent before. */
  *sawEnd(): Co<boolean> {
    return this.window.available === 0 && (yield* this.window.fill()) === 0;
  }
}

function encoded(size: number, encode: (view: DataView) => void): Uint8Array {
  const bytes = new Uint8Array(size);
  encode(new DataView(bytes.buffer));
  return bytes;
}

/** What a server may say to a request. Offsets are the export's. */
export const reply = {
  simple: (to: RequestHeader, error = 0) =>
    encoded(16, (view) => encodeSimpleReply(view, 0, error, to.cookieHigh, to.cookieLow)),
  none: (to: RequestHeader) =>
    encoded(CHUNK_HEADER_SIZE, (view) => encodeNoneChunk(view, 0, to.cookieHigh, to.cookieLow)),
  data: (to: RequestHeader, offset: number, data: Uint8Array, done = true) =>
    Buffer.concat([
      encoded(DATA_CHUNK_SIZE, (view) =>
        encodeDataChunk(
          view,
          0,
          done,
          to.cookieHigh,
          to.cookieLow,
          Math.floor(offset / 2 ** 32),
          offset >>> 0,
          data.length,
        ),
      ),
      data,
    ]),
  hole: (to: RequestHeader, offset: number, length: number, done = true) =>
    encoded(32, (view) => encodeHoleChunk(view, 0, done, to.cookieHigh, to.cookieLow, 0, offset, length)),
  error: (to: RequestHeader, error: number, text = '', done = true) =>
    encoded(26 + text.length, (view) =>
      encodeErrorChunk(view, 0, done, to.cookieHigh, to.cookieLow, error, messageBytes(text)),
    ),
  errorAt: (to: RequestHeader, error: number, offset: number, done = true) =>
    encoded(34, (view) =>
      encodeErrorOffsetChunk(view, 0, done, to.cookieHigh, to.cookieLow, error, new Uint8Array(0), 0, offset),
    ),
};

/** What `base:allocation` and its like say, an extent after the other. */
export function statusChunk(
  to: RequestHeader,
  contextId: number,
  extents: readonly (readonly [length: number, status: number])[],
  done: boolean,
): Uint8Array {
  return encoded(STATUS_CHUNK_SIZE + extents.length * EXTENT_SIZE, (view) => {
    encodeBlockStatusChunk(view, 0, done, to.cookieHigh, to.cookieLow, contextId, extents.length);
    for (const [index, [length, status]] of extents.entries())
      encodeExtent(view, STATUS_CHUNK_SIZE + index * EXTENT_SIZE, length, status);
  });
}

export interface ScriptOffers {
  /** The id of each is its index. */
  metaContexts?: readonly string[];
  extendedHeaders?: boolean;
}

export interface ScriptOptions {
  offers?: ScriptOffers;
  facts?: Partial<ExportFacts>;
  structuredReplies?: boolean;
  pair?: PairOptions;
  client?: NbdClientOptions;
}

/** A client, connected to a server that runs `script` after the handshake. `ended` is the script's end. */
export async function connectToScript<T>(
  script: (server: ScriptedServer) => Co<T>,
  options: ScriptOptions = {},
): Promise<{ client: NbdClient; ended: Promise<T> }> {
  const [channel, serverChannel] = QIOChannelPair.open(options.pair);
  const server = new ScriptedServer(serverChannel);
  const ended = coRun(
    function* () {
      yield* server.handshake(options.facts ?? {}, options.structuredReplies ?? true, options.offers);
      return yield* script(server);
    },
    { name: 'script' },
  );
  // A script that fails must not leave the client waiting for it.
  ended.catch(() => serverChannel.close());
  const client = await NbdClient.connect({ channel, ...options.client });
  return { client, ended };
}

export function bytes(length: number, seed = 1): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (index * 7 + seed) & 0xff);
}
