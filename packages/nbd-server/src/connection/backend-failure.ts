import {
  errnoValue,
  NBD_CMD_FLAG_FAST_ZERO,
  NBD_EINVAL,
  NBD_EIO,
  NBD_ENOTSUP,
  NBD_EOVERFLOW,
} from '@coaio/nbd-protocol';
import type { Refusal } from './refusal.js';
import { lengthOf, offsetOf, type Request } from './request.js';

/** What a client is told of an error that a backend threw. */
export function backendFailure(thrown: unknown, request: Request): Refusal {
  if (!(thrown instanceof Error)) return { error: NBD_EIO, text: 'the backend failed' };
  const { code, message, offset } = thrown as Error & { code?: unknown; offset?: unknown };
  return { error: errorValue(code, request), text: message, offset: within(request, offset) };
}

function errorValue(code: unknown, { flags }: Request): number {
  if (typeof code !== 'string') return NBD_EIO;
  const error = errnoValue(code);
  // errnoValue() says EINVAL of what it does not know, which would blame the client.
  if (error === NBD_EINVAL && code !== 'EINVAL') return NBD_EIO;
  // proto.md: SHOULD NOT be sent but for a fast zero, whose flag no other command may have.
  if (error === NBD_ENOTSUP && (flags & NBD_CMD_FLAG_FAST_ZERO) === 0) return NBD_EIO;
  return error === NBD_EOVERFLOW ? NBD_EIO : error;
}

/** proto.md: the offset of an error MUST lie within the request. */
function within(request: Request, offset: unknown): number | undefined {
  if (typeof offset !== 'number' && typeof offset !== 'bigint') return undefined;
  const at = Number(offset);
  const start = offsetOf(request);
  return Number.isInteger(at) && at >= start && at < start + lengthOf(request) ? at : undefined;
}
