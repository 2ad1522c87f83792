import { NbdProtocolError, type ReplyHeader } from '@coaio/nbd-protocol';
import type { InFlightRequest } from './in-flight-request.js';

/** The server's reply to `request` breaks the protocol. */
export function badReply(request: InFlightRequest, detail: string): NbdProtocolError {
  return new NbdProtocolError('NBD_BAD_REPLY', request.describe().operation, detail);
}

export function unexpectedCookie(reply: ReplyHeader): NbdProtocolError {
  const cookie = [reply.cookieHigh, reply.cookieLow]
    .map((half) => half.toString(16).padStart(8, '0'))
    .join('');
  return new NbdProtocolError('NBD_BAD_REPLY', 'reply', `cookie 0x${cookie} belongs to no request in flight`);
}

export function endedInReply(): NbdProtocolError {
  return new NbdProtocolError(
    'NBD_UNEXPECTED_EOF',
    'reply',
    'the server closed the connection in the middle of it',
  );
}
