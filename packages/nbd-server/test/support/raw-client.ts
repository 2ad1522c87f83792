import { coRun } from '@coaio/coroutine';
import {
  ClientHandshake,
  type ClientHandshakeEvent,
  type ClientHandshakeOptions,
  decodeExtendedExtents,
  decodeExtendedReply,
  decodeExtents,
  decodeReply,
  EXTENDED_REQUEST_SIZE,
  type ExportInfo,
  type ExtendedReplyHeader,
  encodeExtendedRequest,
  encodeRequest,
  type MetaContext,
  NBD_CMD_DISC,
  NBD_CMD_FLAG_PAYLOAD_LEN,
  NBD_CMD_FLUSH,
  NBD_CMD_READ,
  NBD_CMD_WRITE,
  NEED_MORE,
  newExtendedReplyHeader,
  newExtendedRequestHeader,
  newRequestHeader,
  REQUEST_SIZE,
  ReplyKind,
} from '@coaio/nbd-protocol';
import {
  type PairOptions,
  type QIOChannel,
  QIOChannelPair,
  QIOChannelTls,
  ReadWindow,
  type TlsClientOptions,
} from '@coaio/qio-channel';
import type { NbdServer } from '../../src/index.js';

/** A stretch and its status, as a status chunk says it. */
export interface Extent {
  length: number;
  status: bigint;
}

/** What a server said in one message. `data` is the payload of a chunk, or of a simple reply to a read. */
export interface Reply {
  kind: ReplyKind;
  cookie: number;
  error: number;
  offset: number;
  message: string;
  data: Uint8Array;
  done: boolean;
  /** Bytes of a hole. */
  length: number;
  contextId: number;
  extents: Extent[];
}

export interface RawClientOptions extends Partial<ClientHandshakeOptions> {
  pair?: PairOptions;
  /** What TLS is started with, if `tls` is not `disable`. */
  tlsClient?: TlsClientOptions;
}

/** A client that sends what a test says, byte for byte, and shows each message that comes back. */
export class RawClient {
  channel: QIOChannel;
  /** Resolves when the server has done with this client. */
  readonly served: Promise<void>;
  info: ExportInfo | undefined;
  metaContexts: readonly MetaContext[] = [];
  extendedHeaders = false;
  tls = false;
  #window: ReadWindow;

  /** A client in transmission, over a memory channel. */
  static async open(server: NbdServer, options: RawClientOptions = {}): Promise<RawClient> {
    const client = RawClient.greeted(server, options.pair);
    await client.handshake(options);
    return client;
  }

  /** A client that has not said anything. */
  static greeted(server: NbdServer, pair?: PairOptions): RawClient {
    const [channel, serverChannel] = QIOChannelPair.open(pair);
    return new RawClient(channel, server.serveChannel(serverChannel));
  }

  constructor(channel: QIOChannel, served: Promise<void> = Promise.resolve()) {
    this.channel = channel;
    this.served = served;
    this.#window = new ReadWindow(channel);
  }

  async handshake(options: Omit<RawClientOptions, 'pair'> = {}): Promise<void> {
    const event = await this.negotiate(options);
    if (event.type !== 'ready') throw new Error(`handshake ended with ${event.type}`);
    this.info = event.export;
    this.metaContexts = event.metaContexts;
    this.extendedHeaders = event.extendedHeaders;
    this.tls = event.tls;
  }

  /** The first event of a handshake but for `starttls`, after which TLS is started. */
  async negotiate({
    tlsClient,
    ...options
  }: Omit<RawClientOptions, 'pair'> = {}): Promise<ClientHandshakeEvent> {
    const handshake = new ClientHandshake({ goal: 'go', ...options });
    for (;;) {
      const event = handshake.nextEvent();
      await this.send(handshake.takeOutgoing());
      if (event === NEED_MORE) handshake.receive(await this.receive(1));
      else if (event.type !== 'starttls') return event;
      else {
        await this.startTls(tlsClient);
        handshake.tlsStarted();
      }
    }
  }

  async startTls(options?: TlsClientOptions): Promise<void> {
    this.channel = await QIOChannelTls.promises.client(this.channel, options);
    this.#window = new ReadWindow(this.channel);
  }

  async send(...bytes: Uint8Array[]): Promise<void> {
    await coRun(() => this.channel.writevAll(bytes), { name: 'raw send' });
  }

  async receive(length: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(length);
    if (!(await coRun(() => this.#window.take(bytes)))) throw new Error('the server closed');
    return bytes;
  }

  /** The next message. `readLength` is the payload of a simple reply, which does not tell it. */
  async reply(readLength = 0): Promise<Reply> {
    const header = await this.#replyHeader();
    const simpleData = header.kind === ReplyKind.SIMPLE && header.error === 0 ? readLength : 0;
    const withPayload = header.kind === ReplyKind.DATA || header.kind === ReplyKind.BLOCK_STATUS;
    const payload = await this.receive(withPayload ? header.length : simpleData);
    const isStatus = header.kind === ReplyKind.BLOCK_STATUS;
    return {
      kind: header.kind,
      cookie: header.cookieLow,
      error: header.error,
      offset: header.offsetHigh * 2 ** 32 + header.offsetLow,
      message: header.message,
      data: isStatus ? new Uint8Array(0) : payload,
      done: header.done,
      length: header.length,
      contextId: header.contextId,
      extents: isStatus ? this.#extents(payload) : [],
    };
  }

  async #replyHeader(): Promise<ExtendedReplyHeader> {
    const header = newExtendedReplyHeader();
    const window = this.#window;
    for (;;) {
      const decode = this.extendedHeaders ? decodeExtendedReply : decodeReply;
      const next = decode(window.view, window.at, window.end, header);
      if (next !== NEED_MORE) {
        window.at = next;
        return header;
      }
      if ((await coRun(() => window.fill())) === 0) throw new Error('the server closed');
    }
  }

  #extents(payload: Uint8Array): Extent[] {
    const extents: Extent[] = [];
    const decode = this.extendedHeaders ? decodeExtendedExtents : decodeExtents;
    decode(new DataView(payload.buffer), 0, payload.length, {
      addExtent(lengthHigh, lengthLow, statusHigh, statusLow) {
        const status = (BigInt(statusHigh) << 32n) | BigInt(statusLow);
        extents.push({ length: lengthHigh * 2 ** 32 + lengthLow, status });
      },
    });
    return extents;
  }

  async replies(count: number): Promise<Reply[]> {
    const replies: Reply[] = [];
    while (replies.length < count) replies.push(await this.reply());
    return replies;
  }

  /** Waits for the server to close. @returns the bytes that came before. */
  async end(): Promise<Uint8Array> {
    const window = this.#window;
    while ((await coRun(() => window.fill())) > 0) {}
    return window.bytes.slice(window.at, window.end);
  }

  async disconnect(): Promise<void> {
    const leaving = this.extendedHeaders ? extended(NBD_CMD_DISC, 0, 0, 0) : request(NBD_CMD_DISC, 0, 0, 0);
    await this.send(leaving);
    await this.served;
  }
}

/** A request as it is on the wire; `payload` belongs to a write. */
export function request(
  type: number,
  cookie: number,
  offset: number,
  length: number,
  { flags = 0, payload = new Uint8Array(0) }: { flags?: number; payload?: Uint8Array } = {},
): Uint8Array {
  const bytes = new Uint8Array(REQUEST_SIZE + payload.length);
  const header = newRequestHeader();
  Object.assign(header, { flags, type, cookieLow: cookie, length });
  Object.assign(header, { offsetHigh: Math.floor(offset / 2 ** 32), offsetLow: offset % 2 ** 32 });
  encodeRequest(new DataView(bytes.buffer), 0, header);
  bytes.set(payload, REQUEST_SIZE);
  return bytes;
}

/** The same under extended headers. `payload`, if there is one, makes its length the length, and sets the flag. */
export function extended(
  type: number,
  cookie: number,
  offset: number,
  length: number,
  { flags = 0, payload }: { flags?: number; payload?: Uint8Array } = {},
): Uint8Array {
  const bytes = new Uint8Array(EXTENDED_REQUEST_SIZE + (payload?.length ?? 0));
  const header = newExtendedRequestHeader();
  const inTotal = payload?.length ?? length;
  const payloadFlag = payload === undefined ? 0 : NBD_CMD_FLAG_PAYLOAD_LEN;
  Object.assign(header, { flags: flags | payloadFlag, type, cookieLow: cookie });
  Object.assign(header, { offsetHigh: Math.floor(offset / 2 ** 32), offsetLow: offset % 2 ** 32 });
  Object.assign(header, { lengthHigh: Math.floor(inTotal / 2 ** 32), length: inTotal % 2 ** 32 });
  encodeExtendedRequest(new DataView(bytes.buffer), 0, header);
  bytes.set(payload ?? [], EXTENDED_REQUEST_SIZE);
  return bytes;
}

export const read = (cookie: number, offset: number, length: number, flags = 0): Uint8Array =>
  request(NBD_CMD_READ, cookie, offset, length, { flags });

export const write = (cookie: number, offset: number, payload: Uint8Array, flags = 0): Uint8Array =>
  request(NBD_CMD_WRITE, cookie, offset, payload.length, { flags, payload });

export const flush = (cookie: number, flags = 0): Uint8Array =>
  request(NBD_CMD_FLUSH, cookie, 0, 0, { flags });

export function pattern(length: number, seed = 1): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (index * 7 + seed) & 0xff);
}

/** For what is too long for the comparison of `toEqual`, which takes seconds. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
