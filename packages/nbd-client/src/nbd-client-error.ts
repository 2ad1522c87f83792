import { errnoName, NbdError, type NbdErrorCode, type NbdFault } from '@coaio/nbd-protocol';

/** One request as it is named in errors. */
export interface RequestDescription {
  /** `read`, `write`, `flush` */
  operation: string;
  offset: number | bigint;
  length: number;
}

export function describeRequest(request: RequestDescription): string {
  if (request.operation === 'flush') return 'flush';
  return `${request.operation} of ${request.length} bytes at ${request.offset}`;
}

/** The server answered a request with an error. Only that request failed. */
export class NbdServerError extends NbdError {
  override readonly name = 'NbdServerError';
  /** The specification's name of the error, e.g. `EIO`, `ENOSPC`. */
  readonly errno: string;
  /** The server's own words, made safe to print; empty when it sent none. */
  readonly serverText: string;
  readonly offset: number | bigint;
  readonly length: number;

  constructor(request: RequestDescription, error: number, serverText: string) {
    const errno = errnoName(error);
    const words = serverText === '' ? '' : `, "${serverText}"`;
    super('NBD_SERVER_ERROR', 'server', `${describeRequest(request)}: the server said ${errno}${words}`, {
      operation: request.operation,
    });
    this.errno = errno;
    this.serverText = serverText;
    this.offset = request.offset;
    this.length = request.length;
  }
}

/** The connection ended before an answer came. Whether a write was done is unknown. */
export class ConnectionLostError extends NbdError {
  override readonly name = 'ConnectionLostError';

  /** @param detail what that means for the operation, if not just that it failed. */
  constructor(operation: string, why: unknown, code: NbdErrorCode = 'NBD_CONNECTION_LOST', detail?: string) {
    const reason = why instanceof Error ? why.message : String(why);
    const what = detail === undefined ? operation : `${operation}: ${detail}`;
    super(code, 'connection', `${what}: ${reason}`, { operation, cause: why });
    // Formats it now. Until then it would hold the connection with its buffers, half a megabyte for each error kept.
    void this.stack;
  }
}

/**
 * TLS could not be had, or its peer is not to be trusted. Each `code` but for its first word is that of the channel's error, which is
 * the `cause`: `NBD_TLS_HOSTNAME`, `_UNTRUSTED`, `_EXPIRED`, `_PSK`, `_NO_CERTIFICATE`, `_REFUSED`, `_HANDSHAKE`; the caller's
 * fault is `_CREDENTIALS`.
 */
export class NbdTlsError extends NbdError {
  override readonly name = 'NbdTlsError';

  constructor(code: NbdErrorCode, fault: NbdFault, operation: string, cause: Error) {
    super(code, fault, `${operation}: ${cause.message}`, { operation, cause });
  }
}
