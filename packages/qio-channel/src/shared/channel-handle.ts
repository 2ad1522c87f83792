import type { BottomHalfHandle } from '@coaio/aio-context';
import { QIOChannelError } from '../qio-channel-error.js';
import { SHARED_BYTES } from './layout.js';

/** Names a channel in any thread of the process. Plain data: it goes through `postMessage` and `workerData`. */
export interface QIOChannelHandle {
  readonly of: 'QIOChannel';
  readonly name: string;
  readonly features: readonly string[];
  /** Wakes the channel's thread, and says which that is. */
  readonly serve: BottomHalfHandle;
  readonly memory: SharedArrayBuffer;
  /** Where memories are introduced to that thread. */
  readonly introductions: string;
}

/** @throws QIOChannelError `QIO_CHANNEL_BAD_HANDLE`. */
export function assertHandle(handle: QIOChannelHandle): void {
  const given = handle as Partial<QIOChannelHandle> | null | undefined;
  const isHandle =
    typeof given === 'object' &&
    given !== null &&
    given.of === 'QIOChannel' &&
    given.memory instanceof SharedArrayBuffer &&
    given.memory.byteLength === SHARED_BYTES;
  if (isHandle) return;
  const got =
    typeof given === 'object' && given !== null && 'of' in given ? `one of ${given.of}` : typeof given;
  throw new QIOChannelError('QIO_CHANNEL_BAD_HANDLE', `attach: expected a handle of QIOChannel, got ${got}`);
}
