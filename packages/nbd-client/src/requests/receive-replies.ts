import type { Co } from '@coaio/coroutine';
import {
  decodeReply,
  NBD_CMD_READ,
  NBD_ESHUTDOWN,
  NbdProtocolError,
  NEED_MORE,
  newReplyHeader,
  type ReplyHeader,
  ReplyKind,
} from '@coaio/nbd-protocol';
import type { ReadWindow } from '@coaio/qio-channel';
import { NbdServerError } from '../nbd-client-error.js';
import type { InFlightRequest } from './in-flight-request.js';
import type { RequestSlots } from './request-slots.js';

/** After a payload of this size the next read asks for little: the next payload should land in its place, not here. */
const LARGE_PAYLOAD = 32 * 1024;
const HEADERS_ONLY = 4096;

/** What the receiver tells its connection. */
export interface ReplyListener {
  /** `request` has its answer. */
  answered(request: InFlightRequest): void;
  /** The server said ESHUTDOWN: no more requests may be sent (proto.md, MUST). */
  serverShutsDown(): void;
}

/**
 * Reads replies until the stream ends: returns at a clean end, between two replies; throws when it ends in the middle,
 * when the channel fails, or when the server breaks the protocol.
 */
export function* receiveReplies(
  window: ReadWindow,
  slots: RequestSlots,
  structuredReplies: boolean,
  listener: ReplyListener,
): Co<void> {
  const reply = newReplyHeader();
  let lastPayload = 0;
  for (;;) {
    const next = decodeReply(window.view, window.at, window.end, reply);
    if (next === NEED_MORE) {
      const count = yield* window.fill(lastPayload >= LARGE_PAYLOAD ? HEADERS_ONLY : undefined);
      if (count > 0) continue;
      if (window.available > 0) throw endedInReply();
      return;
    }
    window.at = next;
    const request = slots.find(reply.cookieHigh, reply.cookieLow);
    if (request === undefined) throw unexpectedCookie(reply);
    if (reply.kind !== ReplyKind.SIMPLE && !structuredReplies) throw unaskedChunk(request);
    const payload =
      reply.kind === ReplyKind.SIMPLE ? simplePayload(reply, request, structuredReplies) : reply.length;
    switch (reply.kind) {
      case ReplyKind.SIMPLE:
      case ReplyKind.DATA:
        if (payload > 0) {
          const target = payloadTarget(reply, request, payload);
          if (window.available >= payload) window.copyTo(target);
          else if (!(yield* window.take(target))) throw endedInReply();
          lastPayload = payload;
        }
        break;
      case ReplyKind.HOLE: {
        const target = payloadTarget(reply, request, payload);
        target.fill(0);
        break;
      }
      case ReplyKind.ERROR:
        request.coverage.addError();
        break;
      case ReplyKind.ERROR_OFFSET:
        addErrorAt(reply, request);
        break;
      case ReplyKind.BLOCK_STATUS:
        throw unaskedStatus(request);
    }
    if (reply.error !== 0) {
      request.error ??= new NbdServerError(request.describe(), reply.error, reply.message);
      if (reply.error === NBD_ESHUTDOWN) listener.serverShutsDown();
    }
    if (reply.done) {
      if (request.type === NBD_CMD_READ && request.error === null) request.coverage.finish();
      listener.answered(request);
    }
  }
}

/** How many bytes follow a simple reply. */
function simplePayload(reply: ReplyHeader, request: InFlightRequest, structuredReplies: boolean): number {
  if (request.type !== NBD_CMD_READ) return 0;
  if (structuredReplies) {
    throw new NbdProtocolError(
      'NBD_BAD_REPLY',
      'NBD_CMD_READ',
      'simple reply to a read, structured replies were negotiated',
    );
  }
  if (reply.error !== 0) return 0;
  reply.offsetHigh = request.offsetHigh;
  reply.offsetLow = request.offsetLow;
  return request.length;
}

/** Where `length` bytes of this reply belong. Each byte of a read may come once. */
function payloadTarget(reply: ReplyHeader, request: InFlightRequest, length: number): Uint8Array {
  const { target } = request;
  if (request.type !== NBD_CMD_READ || target === null) {
    throw new NbdProtocolError(
      'NBD_BAD_REPLY',
      request.describe().operation,
      `${length} bytes of data in reply to a request that reads nothing`,
    );
  }
  const start = request.relative(reply.offsetHigh, reply.offsetLow);
  request.coverage.add(start, length);
  return length === target.length ? target : target.subarray(start, start + length);
}

function addErrorAt(reply: ReplyHeader, request: InFlightRequest): void {
  const offset = request.relative(reply.offsetHigh, reply.offsetLow);
  if (request.type === NBD_CMD_READ) request.coverage.addErrorAt(offset);
  else if (offset < 0 || offset >= request.length) {
    const { operation } = request.describe();
    const detail = `error at offset ${offset} lies outside the request of ${request.length} bytes`;
    throw new NbdProtocolError('NBD_BAD_REPLY', operation, detail);
  }
}

function unaskedChunk(request: InFlightRequest): NbdProtocolError {
  const detail = 'structured reply, which was not negotiated';
  return new NbdProtocolError('NBD_BAD_REPLY', request.describe().operation, detail);
}

function unaskedStatus(request: InFlightRequest): NbdProtocolError {
  const detail = 'block status, no metadata context was negotiated';
  return new NbdProtocolError('NBD_BAD_REPLY', request.describe().operation, detail);
}

function unexpectedCookie(reply: ReplyHeader): NbdProtocolError {
  const cookie = [reply.cookieHigh, reply.cookieLow]
    .map((half) => half.toString(16).padStart(8, '0'))
    .join('');
  return new NbdProtocolError('NBD_BAD_REPLY', 'reply', `cookie 0x${cookie} belongs to no request in flight`);
}

function endedInReply(): NbdProtocolError {
  return new NbdProtocolError(
    'NBD_UNEXPECTED_EOF',
    'reply',
    'the server closed the connection in the middle of it',
  );
}
