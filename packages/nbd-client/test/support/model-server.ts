import { type Co, coRun } from '@coaio/coroutine';
import {
  decodeExtendedRequest,
  decodeRequest,
  type ExportFacts,
  type ExtendedRequestHeader,
  encodeBlockStatusChunk,
  encodeDataChunk,
  encodeErrorChunk,
  encodeExtendedBlockStatusChunk,
  encodeExtendedDataChunk,
  encodeExtendedErrorChunk,
  encodeExtendedExtent,
  encodeExtendedHoleChunk,
  encodeExtendedNoneChunk,
  encodeExtent,
  encodeHoleChunk,
  encodeNoneChunk,
  encodeSimpleReply,
  exportInfoFromFlags,
  extendedPayloadLength,
  messageBytes,
  NBD_CMD_BLOCK_STATUS,
  NBD_CMD_DISC,
  NBD_CMD_FLAG_FUA,
  NBD_CMD_FLAG_REQ_ONE,
  NBD_CMD_FLUSH,
  NBD_CMD_READ,
  NBD_CMD_WRITE,
  NBD_EIO,
  NBD_FLAG_SEND_FLUSH,
  NBD_FLAG_SEND_FUA,
  NBD_STATE_HOLE,
  NEED_MORE,
  newExtendedRequestHeader,
  ServerHandshake,
} from '@coaio/nbd-protocol';
import { QIOChannelPair, ReadWindow } from '@coaio/qio-channel';
import { type Fault, FaultyLine, LineFault } from './faulty-line.js';
import type { ModelDisk } from './model-disk.js';

export type Form = 'simple' | 'structured' | 'extended';

export interface ModelOptions {
  disk: ModelDisk;
  form?: Form;
  facts?: Partial<ExportFacts>;
  fault?: Fault | null;
  /** A read at this offset fails with EIO. */
  badOffset?: number;
  /** Before a request is done; false: its answer is kept back for ever. */
  before?: (request: ModelRequest) => Co<boolean>;
}

export interface ModelRequest {
  readonly type: number;
  readonly flags: number;
  readonly offset: number;
  readonly length: number;
  readonly payload: Uint8Array;
  readonly header: ExtendedRequestHeader;
}

/** One connection of a server that does what it is asked, on a {@link ModelDisk}. */
export class ModelConnection {
  readonly line: FaultyLine;
  readonly ended: Promise<void>;
  readonly #options: ModelOptions;
  readonly #form: Form;
  readonly #window: ReadWindow;

  constructor(channel: QIOChannelPair, options: ModelOptions) {
    this.line = new FaultyLine(channel, options.fault ?? null);
    this.#options = options;
    this.#form = options.form ?? 'structured';
    this.#window = new ReadWindow(channel);
    this.ended = coRun(() => this.#serve(), { name: 'model server' }).catch((error: unknown) => {
      channel.close();
      if (!(error instanceof LineFault) && !isChannelEnd(error)) throw error;
    });
  }

  cut(): void {
    this.line.isDead = true;
    this.line.channel.close();
  }

  *#serve(): Co<void> {
    if (!(yield* this.#handshake())) return;
    for (;;) {
      const request = yield* this.#request();
      if (request === null || request.type === NBD_CMD_DISC) break;
      if (this.line.isDead) continue;
      const { before } = this.#options;
      if (before !== undefined && !(yield* before(request))) continue;
      yield* this.line.send(this.#answer(request));
    }
    this.line.channel.close();
  }

  *#handshake(): Co<boolean> {
    const { disk, facts } = this.#options;
    const info = exportInfoFromFlags({
      name: '',
      size: BigInt(disk.contents.length),
      flags: NBD_FLAG_SEND_FLUSH | NBD_FLAG_SEND_FUA,
      ...facts,
    });
    const directory = {
      list: () => [info],
      find: (name: string) => (name === info.name ? info : undefined),
      metaContexts: () => [{ name: 'base:allocation' }],
    };
    const handshake = new ServerHandshake({
      directory,
      structuredReplies: this.#form !== 'simple',
      extendedHeaders: this.#form === 'extended',
    });
    const bytes = new Uint8Array(4096);
    for (;;) {
      const event = handshake.nextEvent();
      const outgoing = handshake.takeOutgoing();
      if (outgoing.length > 0) yield* this.line.send(outgoing);
      if (event !== NEED_MORE) {
        this.#window.put(handshake.rest());
        return event.type === 'ready';
      }
      const count = yield* this.line.channel.readv([bytes]);
      if (count === 0) return false;
      handshake.receive(bytes.subarray(0, count));
    }
  }

  *#request(): Co<ModelRequest | null> {
    const window = this.#window;
    const header = newExtendedRequestHeader();
    const decode = this.#form === 'extended' ? decodeExtendedRequest : decodeRequest;
    for (;;) {
      const next = decode(window.view, window.at, window.end, header);
      if (next !== NEED_MORE) {
        window.at = next;
        break;
      }
      if ((yield* window.fill()) === 0) return null;
    }
    const size =
      this.#form === 'extended'
        ? extendedPayloadLength(header)
        : header.type === NBD_CMD_WRITE
          ? header.length
          : 0;
    const payload = new Uint8Array(size);
    if (!(yield* window.take(payload))) return null;
    const { type, flags, length } = header;
    return { type, flags, length, payload, header, offset: header.offsetHigh * 2 ** 32 + header.offsetLow };
  }

  #answer(request: ModelRequest): Uint8Array {
    const { disk, badOffset } = this.#options;
    const { type, flags, offset, length, payload } = request;
    switch (type) {
      case NBD_CMD_READ:
        if (offset === badOffset) return this.#error(request.header, 'bad block');
        return this.#data(request, disk.contents.slice(offset, offset + length));
      case NBD_CMD_WRITE:
        disk.write(offset, payload, (flags & NBD_CMD_FLAG_FUA) !== 0);
        return this.#done(request.header);
      case NBD_CMD_FLUSH:
        disk.flush();
        return this.#done(request.header);
      case NBD_CMD_BLOCK_STATUS:
        return this.#status(request);
      default:
        return this.#error(request.header, 'unknown');
    }
  }

  #done(to: ExtendedRequestHeader): Uint8Array {
    if (this.#form === 'extended') return encoded((view) => encodeExtendedNoneChunk(view, 0, to));
    if (this.#form === 'structured')
      return encoded((view) => encodeNoneChunk(view, 0, to.cookieHigh, to.cookieLow));
    return encoded((view) => encodeSimpleReply(view, 0, 0, to.cookieHigh, to.cookieLow));
  }

  #error(to: ExtendedRequestHeader, words: string): Uint8Array {
    const text = messageBytes(words);
    const { cookieHigh, cookieLow } = to;
    if (this.#form === 'extended')
      return encoded((view) => encodeExtendedErrorChunk(view, 0, true, to, NBD_EIO, text));
    if (this.#form === 'structured')
      return encoded((view) => encodeErrorChunk(view, 0, true, cookieHigh, cookieLow, NBD_EIO, text));
    return encoded((view) => encodeSimpleReply(view, 0, NBD_EIO, cookieHigh, cookieLow));
  }

  /** In three chunks where there are chunks: the last third, a hole where there are zeroes in the middle, the first third. */
  #data({ header, offset, length }: ModelRequest, data: Uint8Array): Uint8Array {
    if (this.#form === 'simple')
      return Buffer.concat([
        encoded((view) => encodeSimpleReply(view, 0, 0, header.cookieHigh, header.cookieLow)),
        data,
      ]);
    if (length < 3) return this.#piece(header, offset, data, true);
    const [first, second] = [Math.floor(length / 3), Math.floor((2 * length) / 3)];
    return Buffer.concat([
      this.#piece(header, offset + second, data.subarray(second), false),
      this.#piece(header, offset + first, data.subarray(first, second), false),
      this.#piece(header, offset, data.subarray(0, first), false),
      this.#done(header),
    ]);
  }

  #piece(to: ExtendedRequestHeader, offset: number, data: Uint8Array, done: boolean): Uint8Array {
    const { cookieHigh: high, cookieLow: low } = to;
    const { length } = data;
    const isExtended = this.#form === 'extended';
    if (data.every((byte) => byte === 0))
      return encoded((view) =>
        isExtended
          ? encodeExtendedHoleChunk(view, 0, done, to, 0, offset, length)
          : encodeHoleChunk(view, 0, done, high, low, 0, offset, length),
      );
    const header = encoded((view) =>
      isExtended
        ? encodeExtendedDataChunk(view, 0, done, to, 0, offset, length)
        : encodeDataChunk(view, 0, done, high, low, 0, offset, length),
    );
    return Buffer.concat([header, data]);
  }

  /** Two halves, of which the first is a hole; that alone where one extent is enough. */
  #status({ header, length, flags }: ModelRequest): Uint8Array {
    const { cookieHigh, cookieLow } = header;
    const half = Math.floor(length / 2);
    const isOne = (flags & NBD_CMD_FLAG_REQ_ONE) !== 0;
    return encoded((view) => {
      if (this.#form === 'extended') {
        const at = encodeExtendedBlockStatusChunk(view, 0, true, header, 0, isOne ? 1 : 2);
        const next = encodeExtendedExtent(view, at, 0, half, 0, NBD_STATE_HOLE);
        return isOne ? next : encodeExtendedExtent(view, next, 0, half, 0, 0);
      }
      const at = encodeBlockStatusChunk(view, 0, true, cookieHigh, cookieLow, 0, isOne ? 1 : 2);
      const next = encodeExtent(view, at, half, NBD_STATE_HOLE);
      return isOne ? next : encodeExtent(view, next, half, 0);
    });
  }
}

/** What opens a channel for the client, to one connection after another of such a server. */
export function modelServer(optionsOf: (index: number) => ModelOptions): {
  readonly open: () => QIOChannelPair;
  readonly connections: ModelConnection[];
} {
  const connections: ModelConnection[] = [];
  const open = (): QIOChannelPair => {
    const [ours, theirs] = QIOChannelPair.open();
    connections.push(new ModelConnection(theirs, optionsOf(connections.length)));
    return ours;
  };
  return { open, connections };
}

const scratch = new Uint8Array(4096);

function encoded(encode: (view: DataView) => number): Uint8Array {
  return scratch.slice(0, encode(new DataView(scratch.buffer)));
}

/** The client has closed, or has gone. */
function isChannelEnd(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('QIO_CHANNEL');
}
