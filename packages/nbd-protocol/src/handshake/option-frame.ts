import type { ByteQueue } from '../bytes/byte-queue.js';
import {
  NBD_OPTS_MAGIC_HIGH,
  NBD_OPTS_MAGIC_LOW,
  NBD_REP_MAGIC_HIGH,
  NBD_REP_MAGIC_LOW,
} from '../constants/magic.js';
import { NBD_REP_FLAG_ERROR } from '../constants/option-replies.js';
import { optionName } from '../constants/options.js';
import { NbdProtocolError } from '../errors/protocol-error.js';
import { hex64 } from '../errors/wire-literal.js';
import { NEED_MORE, type NeedMore } from '../need-more.js';

/** Magic, option, length. */
export const OPTION_HEADER_SIZE = 16;
/** Magic, option, reply type, length. */
const REPLY_HEADER_SIZE = 20;

/** Longest option data that a server keeps; longer data is skipped. */
export const MAX_OPTION_DATA = 64 * 1024;
/** Longest option reply that a client accepts: 64 KiB of text and the fields before it. */
export const MAX_OPTION_REPLY = 64 * 1024 + 64;

const NO_DATA = new Uint8Array(0);

export interface OptionHeader {
  readonly option: number;
  /** Bytes of data that follow. */
  readonly length: number;
}

export interface OptionReply {
  readonly option: number;
  /** NBD_REP_* */
  readonly type: number;
  readonly data: Uint8Array;
}

export function encodeOption(option: number, data: Uint8Array = NO_DATA): Uint8Array {
  const bytes = new Uint8Array(OPTION_HEADER_SIZE + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, NBD_OPTS_MAGIC_HIGH);
  view.setUint32(4, NBD_OPTS_MAGIC_LOW);
  view.setUint32(8, option);
  view.setUint32(12, data.length);
  bytes.set(data, OPTION_HEADER_SIZE);
  return bytes;
}

/** Looks at the header of the next option and leaves it in the queue. */
export function peekOptionHeader(incoming: ByteQueue): OptionHeader | NeedMore {
  const magic = incoming.peek(8);
  if (magic === NEED_MORE) return NEED_MORE;
  checkMagic('option', 'IHAVEOPT', magic, NBD_OPTS_MAGIC_HIGH, NBD_OPTS_MAGIC_LOW);
  const header = incoming.peek(OPTION_HEADER_SIZE);
  if (header === NEED_MORE) return NEED_MORE;
  return { option: header.getUint32(8), length: header.getUint32(12) };
}

export function encodeOptionReply(option: number, type: number, data: Uint8Array = NO_DATA): Uint8Array {
  const bytes = new Uint8Array(REPLY_HEADER_SIZE + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, NBD_REP_MAGIC_HIGH);
  view.setUint32(4, NBD_REP_MAGIC_LOW);
  view.setUint32(8, option);
  view.setUint32(12, type);
  view.setUint32(16, data.length);
  bytes.set(data, REPLY_HEADER_SIZE);
  return bytes;
}

/** Takes the next reply to `option`. Everything that its header can show is checked before its data arrives. */
export function takeOptionReply(incoming: ByteQueue, option: number): OptionReply | NeedMore {
  const operation = optionName(option);
  const magic = incoming.peek(8);
  if (magic === NEED_MORE) return NEED_MORE;
  checkMagic(operation, 'the option reply magic', magic, NBD_REP_MAGIC_HIGH, NBD_REP_MAGIC_LOW);
  const header = incoming.peek(REPLY_HEADER_SIZE);
  if (header === NEED_MORE) return NEED_MORE;
  const echo = header.getUint32(8);
  const type = header.getUint32(12);
  const length = header.getUint32(16);
  if (echo !== option) {
    throw new NbdProtocolError('NBD_BAD_OPTION_REPLY', operation, `reply is for ${optionName(echo)}`);
  }
  if (length > MAX_OPTION_REPLY) {
    const detail = `reply of ${length} bytes exceeds the limit of ${MAX_OPTION_REPLY}`;
    throw new NbdProtocolError('NBD_REPLY_TOO_LARGE', operation, detail);
  }
  if (incoming.length < REPLY_HEADER_SIZE + length) return NEED_MORE;
  incoming.skip(REPLY_HEADER_SIZE);
  const data = incoming.take(length);
  return data === NEED_MORE ? NEED_MORE : { option, type, data };
}

/** proto.md: every reply type with bit 31 set is an error, whether or not it is known. */
export function isErrorReply(type: number): boolean {
  return type >= NBD_REP_FLAG_ERROR;
}

function checkMagic(operation: string, name: string, found: DataView, high: number, low: number): void {
  const foundHigh = found.getUint32(0);
  const foundLow = found.getUint32(4);
  if (foundHigh === high && foundLow === low) return;
  const detail = `magic ${hex64(foundHigh, foundLow)} is not ${name} ${hex64(high, low)}`;
  throw new NbdProtocolError('NBD_BAD_MAGIC', operation, detail);
}
