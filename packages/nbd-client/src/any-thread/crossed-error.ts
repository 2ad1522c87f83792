import { type ErrorRecord, fromErrorRecord } from '@coaio/aio-context/shared';
import {
  isNbdError,
  NbdError,
  NbdOptionRefusedError,
  NbdProtocolError,
  NbdUsageError,
} from '@coaio/nbd-protocol';
import { ConnectionLostError, NbdServerError, NbdTimeoutError, NbdTlsError } from '../nbd-client-error.js';

const CLASSES: ReadonlyMap<string, { readonly prototype: object }> = new Map(
  Object.entries({
    NbdUsageError,
    NbdProtocolError,
    NbdOptionRefusedError,
    NbdServerError,
    NbdTimeoutError,
    NbdTlsError,
    ConnectionLostError,
  }),
);

/** An error of another thread, of the class that it had there if that is one of the NBD packages'. */
export function fromCrossedError(record: ErrorRecord): Error {
  return withClass(fromErrorRecord(record));
}

function withClass(error: Error): Error {
  // Its constructor would make another message.
  if (isNbdError(error)) Object.setPrototypeOf(error, (CLASSES.get(error.name) ?? NbdError).prototype);
  if (error.cause instanceof Error) withClass(error.cause);
  return error;
}
