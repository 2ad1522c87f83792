import { NbdError, type NbdErrorCode, NbdUsageError } from '@coaio/nbd-protocol';
import { QIOChannelError } from '@coaio/qio-channel';
import { ConnectionLostError, NbdTlsError } from '../nbd-client-error.js';

const TLS_PREFIX = 'QIO_CHANNEL_TLS_';

/** What the caller of `operation` is told of `error`. */
export function connectFailure(operation: string, error: unknown): NbdError {
  if (error instanceof NbdError) return error;
  if (error instanceof QIOChannelError) {
    const { code, fault } = error;
    // A cut inside TLS is a lost connection as any other.
    if (code.startsWith(TLS_PREFIX) && fault !== 'connection') {
      const nbdCode: NbdErrorCode = `NBD_TLS_${code.slice(TLS_PREFIX.length)}`;
      return new NbdTlsError(nbdCode, fault === 'caller' ? 'caller' : 'peer', operation, error);
    }
    if (code === 'QIO_CHANNEL_ADDRESS' || code === 'QIO_CHANNEL_UNSUPPORTED') {
      return new NbdUsageError('NBD_BAD_ARGUMENT', operation, error.message);
    }
  }
  return new ConnectionLostError(operation, error, 'NBD_CONNECT_FAILED');
}
