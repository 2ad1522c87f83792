import type { RemoteBottomHalf } from '@coaio/aio-context';

/** Has the channel's thread look. @returns false: the channel is closed, or its thread has ended. */
export function ringOwner(owner: RemoteBottomHalf): boolean {
  try {
    owner.schedule();
    return true;
  } catch {
    return false;
  }
}
