import { NBD_REQUEST_MAGIC } from '../constants/magic.js';
import { NbdProtocolError } from '../errors/protocol-error.js';
import { hex32 } from '../errors/wire-literal.js';
import { NEED_MORE } from '../need-more.js';

/** Bytes of a request on the wire, without the payload of a write. */
export const REQUEST_SIZE = 28;

/** One request. Mutable: make one with `newRequestHeader()` and reuse it for every request of a connection. */
export interface RequestHeader {
  /** NBD_CMD_FLAG_* */
  flags: number;
  /** NBD_CMD_* */
  type: number;
  cookieHigh: number;
  cookieLow: number;
  /** Bytes from the start of the export, upper and lower 32 bits, both unsigned. */
  offsetHigh: number;
  offsetLow: number;
  /** Bytes, unsigned 32 bits. */
  length: number;
}

export function newRequestHeader(): RequestHeader {
  return { flags: 0, type: 0, cookieHigh: 0, cookieLow: 0, offsetHigh: 0, offsetLow: 0, length: 0 };
}

/** Writes a request at `at` and returns the position after it. Needs REQUEST_SIZE bytes of room. */
export function encodeRequest(view: DataView, at: number, header: RequestHeader): number {
  view.setUint32(at, NBD_REQUEST_MAGIC);
  view.setUint16(at + 4, header.flags);
  view.setUint16(at + 6, header.type);
  view.setUint32(at + 8, header.cookieHigh);
  view.setUint32(at + 12, header.cookieLow);
  view.setUint32(at + 16, header.offsetHigh);
  view.setUint32(at + 20, header.offsetLow);
  view.setUint32(at + 24, header.length);
  return at + REQUEST_SIZE;
}

/**
 * Reads one request out of `[at, end)` into `header`. Returns the position after it, where a write's payload
 * starts, or NEED_MORE. Command, flags and bounds are the server's to judge: it can answer them with an error.
 * @throws NbdProtocolError NBD_BAD_MAGIC: where the next request starts is then unknown.
 */
export function decodeRequest(view: DataView, at: number, end: number, header: RequestHeader): number {
  if (end - at < 4) return NEED_MORE;
  const magic = view.getUint32(at);
  if (magic !== NBD_REQUEST_MAGIC) throw badMagic(magic);
  if (end - at < REQUEST_SIZE) return NEED_MORE;
  header.flags = view.getUint16(at + 4);
  header.type = view.getUint16(at + 6);
  header.cookieHigh = view.getUint32(at + 8);
  header.cookieLow = view.getUint32(at + 12);
  header.offsetHigh = view.getUint32(at + 16);
  header.offsetLow = view.getUint32(at + 20);
  header.length = view.getUint32(at + 24);
  return at + REQUEST_SIZE;
}

function badMagic(magic: number): NbdProtocolError {
  const detail = `magic ${hex32(magic)} is not NBD_REQUEST_MAGIC ${hex32(NBD_REQUEST_MAGIC)}`;
  return new NbdProtocolError('NBD_BAD_MAGIC', 'request', detail);
}
