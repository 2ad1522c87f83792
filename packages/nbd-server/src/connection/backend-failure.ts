import { errnoValue, NBD_EINVAL, NBD_EIO, NBD_ENOTSUP, NBD_EOVERFLOW } from '@coaio/nbd-protocol';
import type { Refusal } from './judge-request.js';

/** What a client is told of an error that a backend threw. */
export function backendFailure(thrown: unknown): Refusal {
  const { code, message } = fieldsOf(thrown);
  return { error: errorValue(code), text: message };
}

function errorValue(code: unknown): number {
  if (typeof code !== 'string') return NBD_EIO;
  const error = errnoValue(code);
  // errnoValue() says EINVAL of what it does not know, which would blame the client.
  if (error === NBD_EINVAL && code !== 'EINVAL') return NBD_EIO;
  // proto.md: SHOULD NOT be sent for the commands that reach a backend.
  return error === NBD_ENOTSUP || error === NBD_EOVERFLOW ? NBD_EIO : error;
}

function fieldsOf(thrown: unknown): { code: unknown; message: string } {
  if (!(thrown instanceof Error)) return { code: undefined, message: 'the backend failed' };
  return { code: (thrown as { code?: unknown }).code, message: thrown.message };
}
