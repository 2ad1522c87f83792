import type { Co } from '@coaio/coroutine';
import { NBD_CMD_READ, type ReplyHeader } from '@coaio/nbd-protocol';
import type { ReadWindow } from '@coaio/qio-channel';
import type { InFlightRequest } from './in-flight-request.js';
import { badReply, endedInReply } from './reply-violation.js';

/**
 * Where the data of this reply belongs; null: nobody wants it any more. Each byte of a read may come once.
 *
 * @throws NbdProtocolError: the request reads nothing, or not this.
 */
export function memoryOf(reply: ReplyHeader, request: InFlightRequest): Uint8Array | null {
  const { length } = reply;
  const start = cover(reply, request);
  const { target, sink } = request;
  if (target !== null) return length === target.length ? target : target.subarray(start, start + length);
  return sink === null ? null : sink.memoryFor(length);
}

/** Zeroes that the server did not send. Throws as {@link memoryOf}. */
export function receiveHole(reply: ReplyHeader, request: InFlightRequest): void {
  const { length } = reply;
  const start = cover(reply, request);
  const { target, sink } = request;
  if (target !== null) target.fill(0, start, start + length);
  sink?.hole(start, length);
}

function cover(reply: ReplyHeader, request: InFlightRequest): number {
  if (request.type !== NBD_CMD_READ) {
    throw badReply(request, `${reply.length} bytes of data in reply to a request that reads nothing`);
  }
  const start = request.relative(reply.offsetHigh, reply.offsetLow);
  request.coverage.add(start, reply.length);
  return start;
}

/** Reads the data that is not here yet into `memory`, the rest of a large one straight from the channel. */
export function* receivePayload(
  window: ReadWindow,
  reply: ReplyHeader,
  request: InFlightRequest,
  memory: Uint8Array | null,
): Co<void> {
  const { length } = reply;
  const start = request.relative(reply.offsetHigh, reply.offsetLow);
  if (memory === null) {
    if (!(yield* window.skip(length))) throw endedInReply();
    return;
  }
  request.landing = request.target !== null;
  try {
    if (!(yield* window.take(memory))) throw endedInReply();
  } finally {
    request.landed();
  }
  request.sink?.data(start, memory);
}
