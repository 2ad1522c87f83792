import type { Co } from '@coaio/coroutine';
import {
  decodeExtendedExtents,
  decodeExtents,
  type ExtentSink,
  NBD_CMD_BLOCK_STATUS,
  NEED_MORE,
  type ReplyHeader,
} from '@coaio/nbd-protocol';
import type { ReadWindow } from '@coaio/qio-channel';
import type { InFlightRequest } from './in-flight-request.js';
import { badReply, endedInReply } from './reply-violation.js';

const NOWHERE: ExtentSink = { addExtent() {} };

/** The extents of one context, as they arrive: a chunk of a million never has to be in memory at once. */
export function* receiveStatus(
  window: ReadWindow,
  reply: ReplyHeader,
  request: InFlightRequest,
  extended: boolean,
): Co<void> {
  if (request.type !== NBD_CMD_BLOCK_STATUS) throw badReply(request, 'block status, which was not asked for');
  const decode = extended ? decodeExtendedExtents : decodeExtents;
  let left = reply.length;
  request.sink?.beginStatus(reply.contextId);
  while (left > 0) {
    const end = Math.min(window.end, window.at + left);
    // Asked for each time: the request may be given up while this waits.
    const next = decode(window.view, window.at, end, request.sink ?? NOWHERE);
    if (next === NEED_MORE) {
      if ((yield* window.fill()) === 0) throw endedInReply();
      continue;
    }
    left -= next - window.at;
    window.at = next;
  }
}
