import {
  commandName,
  errnoName,
  NBD_CMD_BLOCK_STATUS,
  NBD_CMD_CACHE,
  NBD_CMD_FLUSH,
  NBD_CMD_READ,
  NBD_CMD_TRIM,
  NBD_CMD_WRITE,
  NBD_CMD_WRITE_ZEROES,
  NbdError,
  type NbdErrorCode,
  type NbdFault,
} from '@coaio/nbd-protocol';

/** What a command is called in errors, in events, and as a method. */
export type NbdOperation = 'read' | 'write' | 'flush' | 'trim' | 'writeZeroes' | 'cache' | 'blockStatus';

const OPERATIONS: ReadonlyMap<number, NbdOperation> = new Map([
  [NBD_CMD_READ, 'read'],
  [NBD_CMD_WRITE, 'write'],
  [NBD_CMD_FLUSH, 'flush'],
  [NBD_CMD_TRIM, 'trim'],
  [NBD_CMD_CACHE, 'cache'],
  [NBD_CMD_WRITE_ZEROES, 'writeZeroes'],
  [NBD_CMD_BLOCK_STATUS, 'blockStatus'],
]);

/** One request as it is named in errors. */
export interface RequestDescription {
  /** `read`, `write`, `flush`, ... */
  operation: string;
  offset: number | bigint;
  length: number;
}

export function operationOf(command: number): string {
  return OPERATIONS.get(command) ?? commandName(command);
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

/** What is in flight fails with what ended its connection, which may be a signal's reason: any value. The others say their own words. */
const HAS_ANY_CAUSE: ReadonlySet<string> = new Set(['NBD_CONNECTION_LOST', 'NBD_NOT_FLUSHED']);

/**
 * The connection ended before an answer came (`NBD_CONNECTION_LOST`, whose `cause` says why): whether a write was done is unknown. Or there was
 * none: `NBD_CONNECT_FAILED`, `NBD_TIMEOUT`. `NBD_NOT_FLUSHED`: answered writes may not be on stable storage. `NBD_THREAD_GONE`: the thread that has the
 * client has ended. `NBD_CANCELLED`: of `NbdClientConnection`. Causes of `NBD_CONNECTION_LOST` are `NBD_SILENT_PEER`, `NBD_SHUTDOWN`, `NBD_EXPORT_CHANGED`.
 */
export class ConnectionLostError extends NbdError {
  override readonly name = 'ConnectionLostError';

  /** @param detail what that means for the operation, if not just that it failed. */
  constructor(operation: string, why: unknown, code: NbdErrorCode = 'NBD_CONNECTION_LOST', detail?: string) {
    const reason = why instanceof Error ? why.message : String(why);
    const what = detail === undefined ? operation : `${operation}: ${detail}`;
    const cause = typeof why === 'string' && !HAS_ANY_CAUSE.has(code) ? undefined : why;
    super(code, 'connection', `${what}: ${reason}`, { operation, cause });
    // Formats it now. Until then it would hold the connection with its buffers, half a megabyte for each error kept.
    void this.stack;
  }
}

/** A request had no answer, or no connection, within its time: the message says which. Whether a write was done, or still will be, is unknown. The connection lives on. */
export class NbdTimeoutError extends NbdError {
  override readonly name = 'NbdTimeoutError';
  readonly offset: number | bigint;
  readonly length: number;
  readonly timeoutMs: number;

  /** @param missing what there was not in time */
  constructor(request: RequestDescription, timeoutMs: number, missing = 'no answer') {
    super('NBD_TIMEOUT', 'peer', `${describeRequest(request)}: ${missing} after ${timeoutMs} ms`, {
      operation: request.operation,
    });
    this.offset = request.offset;
    this.length = request.length;
    this.timeoutMs = timeoutMs;
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
