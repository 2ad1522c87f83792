export type QIOChannelErrorCode =
  | 'QIO_CHANNEL_EOF'
  | 'QIO_CHANNEL_BUSY'
  | 'QIO_CHANNEL_SHUT_DOWN'
  | 'QIO_CHANNEL_IO'
  | 'QIO_CHANNEL_CONNECT'
  | 'QIO_CHANNEL_LISTEN'
  | 'QIO_CHANNEL_ADDRESS'
  | 'QIO_CHANNEL_BAD_ARGUMENT'
  | 'QIO_CHANNEL_PROTOCOL'
  | 'QIO_CHANNEL_UNSUPPORTED'
  | 'QIO_CHANNEL_POSITION'
  | 'QIO_CHANNEL_LIMIT'
  | 'QIO_CHANNEL_OPEN'
  | 'QIO_CHANNEL_COMMAND'
  | 'QIO_CHANNEL_BAD_HANDLE'
  | 'QIO_CHANNEL_USERS'
  | 'QIO_CHANNEL_THREAD_GONE'
  | 'QIO_CHANNEL_TLS_CREDENTIALS'
  | 'QIO_CHANNEL_TLS_HOSTNAME'
  | 'QIO_CHANNEL_TLS_UNTRUSTED'
  | 'QIO_CHANNEL_TLS_EXPIRED'
  | 'QIO_CHANNEL_TLS_PSK'
  | 'QIO_CHANNEL_TLS_NO_CERTIFICATE'
  | 'QIO_CHANNEL_TLS_REFUSED'
  | 'QIO_CHANNEL_TLS_HANDSHAKE'
  | 'QIO_CHANNEL_TLS_TRUNCATED';

/**
 * `caller`: the call, or what it was given. `peer`: what came from the other side. `connection`: it is gone, or could not be had.
 * `system`: it refused, for reasons that `errno` tells.
 */
export type QIOChannelFault = 'caller' | 'peer' | 'connection' | 'system';

const FAULTS: Readonly<Record<QIOChannelErrorCode, QIOChannelFault>> = {
  QIO_CHANNEL_EOF: 'peer',
  QIO_CHANNEL_BUSY: 'caller',
  QIO_CHANNEL_SHUT_DOWN: 'caller',
  QIO_CHANNEL_IO: 'connection',
  QIO_CHANNEL_CONNECT: 'connection',
  QIO_CHANNEL_LISTEN: 'system',
  QIO_CHANNEL_ADDRESS: 'caller',
  QIO_CHANNEL_BAD_ARGUMENT: 'caller',
  QIO_CHANNEL_PROTOCOL: 'peer',
  QIO_CHANNEL_UNSUPPORTED: 'caller',
  QIO_CHANNEL_POSITION: 'caller',
  QIO_CHANNEL_LIMIT: 'caller',
  QIO_CHANNEL_OPEN: 'system',
  QIO_CHANNEL_COMMAND: 'peer',
  QIO_CHANNEL_BAD_HANDLE: 'caller',
  QIO_CHANNEL_USERS: 'caller',
  QIO_CHANNEL_THREAD_GONE: 'connection',
  QIO_CHANNEL_TLS_CREDENTIALS: 'caller',
  QIO_CHANNEL_TLS_HOSTNAME: 'peer',
  QIO_CHANNEL_TLS_UNTRUSTED: 'peer',
  QIO_CHANNEL_TLS_EXPIRED: 'peer',
  QIO_CHANNEL_TLS_PSK: 'peer',
  QIO_CHANNEL_TLS_NO_CERTIFICATE: 'peer',
  QIO_CHANNEL_TLS_REFUSED: 'peer',
  QIO_CHANNEL_TLS_HANDSHAKE: 'peer',
  QIO_CHANNEL_TLS_TRUNCATED: 'connection',
};

/** What channels throw. `code` is stable; `errno` is the system's word where it gave one, e.g. `ECONNRESET`. */
export class QIOChannelError extends Error {
  override readonly name = 'QIOChannelError';
  readonly code: QIOChannelErrorCode;
  readonly errno: string | undefined;

  /** @param cause its message is added, and its errno is this one's. */
  constructor(code: QIOChannelErrorCode, message: string, cause?: unknown) {
    super(cause instanceof Error ? `${message}: ${cause.message}` : message, { cause });
    this.code = code;
    this.errno = errnoOf(cause);
  }

  /** One that comes from another thread, as it was there. */
  static of(code: QIOChannelErrorCode, message: string, errno: string | undefined): QIOChannelError {
    const cause = errno === undefined ? undefined : Object.assign(new Error(errno), { code: errno });
    const error = new QIOChannelError(code, message, cause);
    error.message = message;
    return error;
  }

  get fault(): QIOChannelFault {
    return FAULTS[this.code];
  }
}

/** The system's error name in an error of `node:net` or `node:fs`, e.g. `ECONNREFUSED`. */
export function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
