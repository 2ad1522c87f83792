import { constants } from 'node:buffer';
import { NbdUsageError } from '@coaio/nbd-protocol';

/**
 * What a read is to fill. Not zeroed: it succeeds only when each byte was sent.
 *
 * @throws NbdUsageError `NBD_TOO_LARGE`: more than a buffer has, or the process gets.
 */
export function bufferOf(length: number): Buffer {
  if (length > constants.MAX_LENGTH)
    throw tooLarge(`${length} bytes exceed the ${constants.MAX_LENGTH} that a buffer may have`);
  try {
    return Buffer.allocUnsafe(length);
  } catch (error) {
    throw tooLarge(`there is no memory for a buffer of ${length} bytes: ${(error as Error).message}`);
  }
}

function tooLarge(detail: string): NbdUsageError {
  return new NbdUsageError('NBD_TOO_LARGE', 'read', `${detail}; readStream reads any length`);
}
