import { NbdError } from './nbd-error.js';

export type NbdProtocolErrorCode =
  | 'NBD_BAD_MAGIC'
  | 'NBD_BAD_GREETING'
  | 'NBD_BAD_CLIENT_FLAGS'
  | 'NBD_BAD_OPTION'
  | 'NBD_BAD_OPTION_REPLY'
  | 'NBD_BAD_EXPORT_INFO'
  | 'NBD_BAD_STRING'
  | 'NBD_BAD_REPLY'
  | 'NBD_BAD_REQUEST'
  | 'NBD_EXPORT_UNKNOWN'
  | 'NBD_OPTION_TOO_LARGE'
  | 'NBD_REPLY_TOO_LARGE'
  | 'NBD_REQUEST_TOO_LARGE'
  | 'NBD_TLS_INJECTION'
  | 'NBD_TLS_REQUIRED'
  | 'NBD_TOO_MANY_CONTEXTS'
  | 'NBD_TOO_MANY_EXPORTS'
  | 'NBD_TOO_MANY_OPTIONS'
  | 'NBD_UNEXPECTED_EOF';

/**
 * The peer broke the specification. The decoder that threw it is dead: close the connection. Only after
 * NBD_BAD_REQUEST, about a payload whose length is known, may a server answer NBD_EINVAL and go on.
 */
export class NbdProtocolError extends NbdError {
  declare readonly code: NbdProtocolErrorCode;
  declare readonly fault: 'peer';
  declare readonly operation: string;

  override readonly name = 'NbdProtocolError';

  /** @param detail offending value and limit; the message is `operation: detail`. */
  constructor(code: NbdProtocolErrorCode, operation: string, detail: string, cause?: unknown) {
    super(code, 'peer', `${operation}: ${detail}`, { operation, cause });
  }
}
