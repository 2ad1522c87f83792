import type { Co } from '@coaio/coroutine';
import {
  decodeExtendedReply,
  decodeReply,
  type ExtendedReplyHeader,
  NBD_CMD_READ,
  NBD_ESHUTDOWN,
  NEED_MORE,
  newExtendedReplyHeader,
  ReplyKind,
} from '@coaio/nbd-protocol';
import type { ReadWindow } from '@coaio/qio-channel';
import { NbdServerError } from '../nbd-client-error.js';
import type { InFlightRequest } from './in-flight-request.js';
import { memoryOf, receiveHole, receivePayload } from './receive-payload.js';
import { receiveStatus } from './receive-status.js';
import { badReply, endedInReply, unexpectedCookie } from './reply-violation.js';
import type { RequestSlots } from './request-slots.js';

/** The form that replies have, as it was negotiated. */
export interface ReplyForm {
  readonly structuredReplies: boolean;
  readonly extendedHeaders: boolean;
}

/** What the receiver tells its connection. */
export interface ReplyListener {
  /** Bytes have arrived: what is answered next was answered by now. */
  received(): void;
  /** A reply, or a chunk of one. */
  chunk(): void;
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
  form: ReplyForm,
  listener: ReplyListener,
): Co<void> {
  const decode = form.extendedHeaders ? decodeExtendedReply : decodeReply;
  const reply = newExtendedReplyHeader();
  for (;;) {
    const next = decode(window.view, window.at, window.end, reply);
    if (next === NEED_MORE) {
      const count = yield* window.fill();
      if (count > 0) {
        listener.received();
        continue;
      }
      if (window.available > 0) throw endedInReply();
      return;
    }
    window.at = next;
    const request = slots.find(reply.cookieHigh, reply.cookieLow);
    if (request === undefined) throw unexpectedCookie(reply);
    listener.chunk();
    checkForm(reply, request, form);
    switch (reply.kind) {
      case ReplyKind.SIMPLE:
      case ReplyKind.DATA: {
        const { length } = reply;
        // A simple reply has data for a read only.
        if (length === 0) break;
        const memory = memoryOf(reply, request);
        if (memory !== null && window.available >= length) {
          window.copyTo(memory);
          request.sink?.data(request.relative(reply.offsetHigh, reply.offsetLow), memory);
        } else yield* receivePayload(window, reply, request, memory);
        break;
      }
      case ReplyKind.HOLE:
        receiveHole(reply, request);
        break;
      case ReplyKind.ERROR:
        request.coverage.addError();
        request.sink?.error(null, reply.error, reply.message);
        break;
      case ReplyKind.ERROR_OFFSET:
        addErrorAt(reply, request);
        break;
      case ReplyKind.BLOCK_STATUS:
        yield* receiveStatus(window, reply, request, form.extendedHeaders);
        break;
    }
    if (reply.error !== 0) {
      request.error ??= new NbdServerError(request.describe(), reply.error, reply.message);
      if (reply.error === NBD_ESHUTDOWN) listener.serverShutsDown();
    }
    if (reply.done) {
      if (request.error === null) {
        if (request.type === NBD_CMD_READ) request.coverage.finish();
        request.sink?.finish();
      }
      listener.answered(request);
    }
  }
}

/** Whether a message of this kind may answer this request. Gives the data of a simple reply its place. */
function checkForm(reply: ExtendedReplyHeader, request: InFlightRequest, form: ReplyForm): void {
  if (reply.kind === ReplyKind.SIMPLE) {
    if (request.type !== NBD_CMD_READ) return;
    if (form.structuredReplies)
      throw badReply(request, 'simple reply to a read, structured replies were negotiated');
    if (reply.error !== 0) return;
    reply.offsetHigh = request.offsetHigh;
    reply.offsetLow = request.offsetLow;
    reply.length = request.length;
  } else if (!form.structuredReplies) {
    throw badReply(request, 'structured reply, which was not negotiated');
  } else if (
    form.extendedHeaders &&
    (reply.requestOffsetHigh !== request.offsetHigh || reply.requestOffsetLow !== request.offsetLow)
  ) {
    const offset = reply.requestOffsetHigh * 2 ** 32 + reply.requestOffsetLow;
    throw badReply(
      request,
      `extended reply about offset ${offset}, the request was about ${request.describe().offset}`,
    );
  }
}

function addErrorAt(reply: ExtendedReplyHeader, request: InFlightRequest): void {
  const offset = request.relative(reply.offsetHigh, reply.offsetLow);
  if (request.type === NBD_CMD_READ) request.coverage.addErrorAt(offset);
  else {
    const { length } = request.describe();
    if (offset < 0 || offset >= length)
      throw badReply(request, `error at offset ${offset} lies outside the request of ${length} bytes`);
  }
  request.sink?.error(offset, reply.error, reply.message);
}
