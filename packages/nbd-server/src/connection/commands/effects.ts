import {
  NBD_CMD_CACHE,
  NBD_CMD_FLAG_FAST_ZERO,
  NBD_CMD_FLAG_NO_HOLE,
  NBD_CMD_FLUSH,
  NBD_CMD_TRIM,
  NBD_CMD_WRITE_ZEROES,
} from '@coaio/nbd-protocol';
import type { NbdBackend, NbdWork } from '../../exports/nbd-backend.js';
import { backendFailure } from '../backend-failure.js';
import { isFua, lengthOf, offsetOf, type Request } from '../request.js';
import { isPending } from '../work.js';
import type { CommandParts } from './command-parts.js';

/** The commands that carry no bytes in either direction. */
export function startEffect(request: Request, { negotiated, replies, deferral }: CommandParts): void {
  try {
    const pending = effect(request, negotiated.served.backend);
    if (isPending(pending)) {
      deferral.after(pending, request, 0, (waiting) => replies.success(waiting));
      return;
    }
  } catch (error) {
    replies.failure(request, backendFailure(error, request));
    return;
  }
  replies.success(request);
}

function effect(request: Request, backend: NbdBackend): NbdWork {
  const { type, flags } = request;
  // Without the function there is nothing to be flushed.
  if (type === NBD_CMD_FLUSH) return backend.flush?.();
  const length = lengthOf(request);
  if (length === 0) return;
  const offset = offsetOf(request);
  const fua = isFua(request);
  switch (type) {
    case NBD_CMD_TRIM:
      return backend.trim?.(offset, length, { fua });
    case NBD_CMD_WRITE_ZEROES: {
      const mayTrim = (flags & NBD_CMD_FLAG_NO_HOLE) === 0;
      const fast = (flags & NBD_CMD_FLAG_FAST_ZERO) !== 0;
      return backend.writeZeroes?.(offset, length, { fua, mayTrim, fast });
    }
    case NBD_CMD_CACHE:
      return backend.cache?.(offset, length);
  }
}
