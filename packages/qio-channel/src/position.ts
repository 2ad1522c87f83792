import type { SeekWhence } from './qio-channel.js';
import { QIOChannelError } from './qio-channel-error.js';

/**
 * @param operation with the channel's name before it, e.g. `disk: preadv`.
 * @throws QIOChannelError `QIO_CHANNEL_POSITION`: before the start, no whole number, or further than a number counts exactly.
 */
export function assertPosition(operation: string, position: number): void {
  if (Number.isSafeInteger(position) && position >= 0) return;
  throw new QIOChannelError(
    'QIO_CHANNEL_POSITION',
    `${operation}: position ${position} is not a whole number in 0 to ${Number.MAX_SAFE_INTEGER}`,
  );
}

/** @throws QIOChannelError `QIO_CHANNEL_POSITION`, as {@link assertPosition}: also for the end of the `length` bytes there. */
export function assertRange(operation: string, position: number, length: number): void {
  assertPosition(operation, position);
  if (position + length <= Number.MAX_SAFE_INTEGER) return;
  throw new QIOChannelError(
    'QIO_CHANNEL_POSITION',
    `${operation}: ${length} bytes at ${position} end after ${Number.MAX_SAFE_INTEGER}`,
  );
}

/** Where a seek goes. @throws QIOChannelError `QIO_CHANNEL_BAD_ARGUMENT`: there is no such `whence`; as {@link assertPosition}. */
export function soughtPosition(
  operation: string,
  offset: number,
  whence: SeekWhence,
  { position, size }: { position: number; size: () => number },
): number {
  const sought = offset + originOf(operation, whence, position, size);
  assertPosition(operation, sought);
  return sought;
}

function originOf(operation: string, whence: SeekWhence, position: number, size: () => number): number {
  switch (whence) {
    case 'set':
      return 0;
    case 'current':
      return position;
    case 'end':
      return size();
    default:
      throw new QIOChannelError(
        'QIO_CHANNEL_BAD_ARGUMENT',
        `${operation}: whence "${String(whence)}" is not "set", "current" or "end"`,
      );
  }
}
