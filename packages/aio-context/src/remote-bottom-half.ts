import { AioContextError } from './aio-context-error.js';
import { type CellHandle, joinByHandle, wakeByHandle } from './shared/cell-handle.js';
import { Remote } from './shared/remote.js';

/** Names a bottom half in any thread of the process. */
export type BottomHalfHandle = CellHandle<'BottomHalf'>;

/** Another thread's view of a bottom half, from `BottomHalf.attach(handle)`. @thread the one that attached it. */
export class RemoteBottomHalf extends Remote<'BottomHalf'> {
  /**
   * Runs its callback at the next poll of its context, in its own thread (`qemu_bh_schedule`). Already scheduled = once.
   *
   * @throws AioContextError `AIO_BH_DELETED`, `AIO_THREAD_GONE`.
   */
  schedule(): void {
    const outcome = wakeByHandle(this.thread, this.handle);
    if (outcome === 'stale') {
      throw new AioContextError(
        'AIO_BH_DELETED',
        `schedule: bottom half "${this.name}" was deleted, or its context closed`,
      );
    }
    if (outcome === 'gone') {
      throw new AioContextError(
        'AIO_THREAD_GONE',
        `schedule: the thread of bottom half "${this.name}" has ended`,
      );
    }
  }
}

export function attachBottomHalf(handle: BottomHalfHandle): RemoteBottomHalf {
  return new RemoteBottomHalf(joinByHandle('BottomHalf', handle), handle);
}
