import { coRun } from '@coaio/coroutine';
import {
  ClientHandshake,
  type ClientHandshakeOptions,
  decodeReply,
  type ExportInfo,
  encodeRequest,
  NBD_CMD_DISC,
  NBD_CMD_FLUSH,
  NBD_CMD_READ,
  NBD_CMD_WRITE,
  NEED_MORE,
  newReplyHeader,
  newRequestHeader,
  REQUEST_SIZE,
  ReplyKind,
} from '@coaio/nbd-protocol';
import { type PairOptions, type QIOChannel, QIOChannelPair, ReadWindow } from '@coaio/qio-channel';
import type { NbdServer } from '../../src/index.js';

/** What a server said in one message. `data` is the payload of a chunk, or of a simple reply to a read. */
export interface Reply {
  kind: ReplyKind;
  cookie: number;
  error: number;
  offset: number;
  message: string;
  data: Uint8Array;
}

export interface RawClientOptions extends Partial<ClientHandshakeOptions> {
  pair?: PairOptions;
}

/** A client that sends what a test says, byte for byte, and shows each message that comes back. */
export class RawClient {
  readonly channel: QIOChannel;
  /** Resolves when the server has done with this client. */
  readonly served: Promise<void>;
  info: ExportInfo | undefined;
  readonly #window: ReadWindow;

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

  async handshake(options: Partial<ClientHandshakeOptions> = {}): Promise<void> {
    const handshake = new ClientHandshake({ goal: 'go', ...options });
    for (;;) {
      const event = handshake.nextEvent();
      await this.send(handshake.takeOutgoing());
      if (event !== NEED_MORE) {
        if (event.type !== 'ready') throw new Error(`handshake ended with ${event.type}`);
        this.info = event.export;
        return;
      }
      handshake.receive(await this.receive(1));
    }
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
    const header = newReplyHeader();
    const window = this.#window;
    for (;;) {
      const next = decodeReply(window.view, window.at, window.end, header);
      if (next !== NEED_MORE) {
        window.at = next;
        break;
      }
      if ((await coRun(() => window.fill())) === 0) throw new Error('the server closed');
    }
    const simpleData = header.kind === ReplyKind.SIMPLE && header.error === 0 ? readLength : 0;
    const data = await this.receive(header.kind === ReplyKind.DATA ? header.length : simpleData);
    return {
      kind: header.kind,
      cookie: header.cookieLow,
      error: header.error,
      offset: header.offsetHigh * 2 ** 32 + header.offsetLow,
      message: header.message,
      data,
    };
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
    await this.send(request(NBD_CMD_DISC, 0, 0, 0));
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
