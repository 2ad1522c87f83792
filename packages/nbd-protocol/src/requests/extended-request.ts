import { NBD_CMD_FLAG_PAYLOAD_LEN } from '../constants/command-flags.js';
import { commandName } from '../constants/commands.js';
import { NBD_EXTENDED_REQUEST_MAGIC } from '../constants/magic.js';
import { NbdProtocolError } from '../errors/protocol-error.js';
import { hex32 } from '../errors/wire-literal.js';
import { NEED_MORE } from '../need-more.js';
import { newRequestHeader, type RequestHeader } from './request.js';

/** Bytes of a request on the wire under extended headers, without its payload. */
export const EXTENDED_REQUEST_SIZE = 32;

/** One request under extended headers. Mutable, like RequestHeader. */
export interface ExtendedRequestHeader extends RequestHeader {
  /**
   * Upper half of the length. With NBD_CMD_FLAG_PAYLOAD_LEN `length` counts the payload that follows and this is 0;
   * without, no payload follows and the two say how much of the export the request is about.
   */
  lengthHigh: number;
}

export function newExtendedRequestHeader(): ExtendedRequestHeader {
  return { ...newRequestHeader(), lengthHigh: 0 };
}

/**
 * Bytes of payload that follow an extended request: the flag decides, not the command. A write without the flag has
 * none, and deserves NBD_EINVAL.
 */
export function extendedPayloadLength(header: ExtendedRequestHeader): number {
  return (header.flags & NBD_CMD_FLAG_PAYLOAD_LEN) === 0 ? 0 : header.length;
}

/** Writes a request at `at` and returns the position after it. Needs EXTENDED_REQUEST_SIZE bytes of room. */
export function encodeExtendedRequest(view: DataView, at: number, header: ExtendedRequestHeader): number {
  view.setUint32(at, NBD_EXTENDED_REQUEST_MAGIC);
  view.setUint16(at + 4, header.flags);
  view.setUint16(at + 6, header.type);
  view.setUint32(at + 8, header.cookieHigh);
  view.setUint32(at + 12, header.cookieLow);
  view.setUint32(at + 16, header.offsetHigh);
  view.setUint32(at + 20, header.offsetLow);
  view.setUint32(at + 24, header.lengthHigh);
  view.setUint32(at + 28, header.length);
  return at + EXTENDED_REQUEST_SIZE;
}

/**
 * Reads one request out of `[at, end)` into `header`. Returns the position after it, where its payload starts, or
 * NEED_MORE. Command, flags and bounds are the server's to judge, once it has skipped the payload.
 * @param maxPayload most bytes of payload to accept; effect lengths have no limit here
 * @throws NbdProtocolError NBD_BAD_MAGIC, NBD_REQUEST_TOO_LARGE: where the next request starts is then unknown, or
 * too far away
 */
export function decodeExtendedRequest(
  view: DataView,
  at: number,
  end: number,
  header: ExtendedRequestHeader,
  maxPayload = 0xffffffff,
): number {
  if (end - at < 4) return NEED_MORE;
  const magic = view.getUint32(at);
  if (magic !== NBD_EXTENDED_REQUEST_MAGIC) throw badMagic(magic);
  if (end - at < EXTENDED_REQUEST_SIZE) return NEED_MORE;
  header.flags = view.getUint16(at + 4);
  header.type = view.getUint16(at + 6);
  header.cookieHigh = view.getUint32(at + 8);
  header.cookieLow = view.getUint32(at + 12);
  header.offsetHigh = view.getUint32(at + 16);
  header.offsetLow = view.getUint32(at + 20);
  header.lengthHigh = view.getUint32(at + 24);
  header.length = view.getUint32(at + 28);
  if ((header.flags & NBD_CMD_FLAG_PAYLOAD_LEN) !== 0) checkPayload(header, maxPayload);
  return at + EXTENDED_REQUEST_SIZE;
}

function checkPayload(header: ExtendedRequestHeader, maxPayload: number): void {
  if (header.lengthHigh === 0 && header.length <= maxPayload) return;
  const length = (BigInt(header.lengthHigh) << 32n) | BigInt(header.length);
  const detail = `payload of ${length} bytes exceeds the limit of ${maxPayload}`;
  throw new NbdProtocolError('NBD_REQUEST_TOO_LARGE', commandName(header.type), detail);
}

function badMagic(magic: number): NbdProtocolError {
  const detail = `magic ${hex32(magic)} is not NBD_EXTENDED_REQUEST_MAGIC ${hex32(NBD_EXTENDED_REQUEST_MAGIC)}`;
  return new NbdProtocolError('NBD_BAD_MAGIC', 'request', detail);
}
