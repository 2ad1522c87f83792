import { type Co, coRun } from '@coaio/coroutine';
import { NbdClient, type NbdClientOptions } from '@coaio/nbd-client';
import {
  NBD_FLAG_HAS_FLAGS,
  NBD_FLAG_SEND_FLUSH,
  NBD_INFO_EXPORT,
  NBD_OPT_GO,
  NBD_REP_ACK,
  NBD_REP_ERR_UNSUP,
  NBD_REP_INFO,
} from '@coaio/nbd-protocol';
import { type PairOptions, QIOChannelPair } from '@coaio/qio-channel';
import { CountingClock, drive, settle } from './drive.js';

export function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

export function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

export function u64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
}

export function greeting(flags = 3): Buffer {
  return Buffer.concat([Buffer.from('NBDMAGICIHAVEOPT'), u16(flags)]);
}

const EMPTY = new Uint8Array(0);

/** @param length what it claims to bring */
export function optionReply(
  option: number,
  type: number,
  data: Uint8Array = EMPTY,
  length = data.length,
): Buffer {
  return Buffer.concat([u64(0x3e889045565a9n), u32(option), u32(type >>> 0), u32(length), data]);
}

export const FLAGS = NBD_FLAG_HAS_FLAGS | NBD_FLAG_SEND_FLUSH;

export function infoExport(size = 4096n, flags = FLAGS): Buffer {
  return Buffer.concat([u16(NBD_INFO_EXPORT), u64(size), u16(flags)]);
}

/** The two replies with which a client may go on. */
export function goes(info: Uint8Array = infoExport()): Buffer {
  return Buffer.concat([optionReply(NBD_OPT_GO, NBD_REP_INFO, info), optionReply(NBD_OPT_GO, NBD_REP_ACK)]);
}

export interface SeenOption {
  readonly option: number;
  readonly data: Buffer;
}

/** A server that is nothing but the bytes that it plays. */
export class BytePeer {
  readonly channel: QIOChannelPair;
  readonly options: SeenOption[] = [];
  clientFlags = -1;

  constructor(channel: QIOChannelPair) {
    this.channel = channel;
  }

  *send(...bytes: Uint8Array[]): Co<void> {
    yield* this.channel.writevAll(bytes);
  }

  *read(count: number): Co<Buffer> {
    const bytes = Buffer.alloc(count);
    yield* this.channel.readvAll([bytes]);
    return bytes;
  }

  /** Greets, and reads the client's flags. */
  *greet(flags = 3): Co<void> {
    yield* this.send(greeting(flags));
    this.clientFlags = (yield* this.read(4)).readUInt32BE();
  }

  *option(): Co<SeenOption> {
    const header = yield* this.read(16);
    const seen = { option: header.readUInt32BE(8), data: yield* this.read(header.readUInt32BE(12)) };
    this.options.push(seen);
    return seen;
  }

  /** Answers what comes before `wanted` with NBD_REP_ERR_UNSUP. */
  *until(wanted: number): Co<SeenOption> {
    for (;;) {
      const seen = yield* this.option();
      if (seen.option === wanted) return seen;
      yield* this.send(optionReply(seen.option, NBD_REP_ERR_UNSUP));
    }
  }

  /** Until the client goes. @returns what it still sent */
  *restOf(): Co<Buffer> {
    const parts: Buffer[] = [];
    const bytes = Buffer.alloc(4096);
    for (;;) {
      const count = yield* this.channel.readv([bytes]);
      if (count === 0) return Buffer.concat(parts);
      parts.push(Buffer.from(bytes.subarray(0, count)));
    }
  }
}

export interface Met<T> {
  readonly outcome: PromiseSettledResult<T>;
  readonly peer: BytePeer;
  readonly clock: CountingClock;
}

/** What comes of `run`, a client's, with a server that plays `script` and then closes. Nothing of it may be left. */
export async function meets<T>(
  script: (peer: BytePeer) => Co<unknown>,
  run: (options: NbdClientOptions) => Promise<T>,
  options: NbdClientOptions = {},
  pair?: PairOptions,
): Promise<Met<T>> {
  const [channel, theirs] = QIOChannelPair.open(pair);
  const peer = new BytePeer(theirs);
  const clock = new CountingClock();
  coRun(() => script(peer))
    .catch(() => {})
    .finally(() => theirs.close());
  const given = { channel, clock, openTimeoutMs: 1000, ...options };
  const [outcome] = (await drive(clock, Promise.allSettled([run(given)]))) as [PromiseSettledResult<T>];
  await settle();
  if (clock.armed > 0) throw new Error(`${clock.armed} timers are left`);
  return { outcome, peer, clock };
}

/** Connects, reads 4 bytes, and closes. */
export async function useOnce(options: NbdClientOptions): Promise<string> {
  const client = await NbdClient.connect(options);
  try {
    return `${client.info.size} ${client.structuredReplies} ${(await client.read(0, 4)).toString()}`;
  } finally {
    await client.close();
  }
}

/** Answers one read with a simple reply that brings "data". */
export function* serveRead(peer: BytePeer): Co<void> {
  const request = yield* peer.read(28);
  yield* peer.send(u32(0x67446698), u32(0), request.subarray(8, 16), Buffer.from('data'));
  yield* peer.restOf();
}
