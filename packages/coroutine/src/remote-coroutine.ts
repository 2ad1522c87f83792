import { type CellHandle, claimerName, joinByHandle, Remote, wakeByHandle } from '@coaio/aio-context/shared';
import { CoroutineError } from './coroutine-error.js';

/** Names a coroutine in any thread of the process. */
export type CoroutineHandle = CellHandle<'Coroutine'>;

/**
 * Another thread's view of a coroutine, from `Coroutine.attach(handle)`: what `aioCoWake`, `aioCoKick` and `aioCoSchedule` take.
 * It runs in its own thread, always: a generator cannot leave its heap.
 *
 * @thread the one that attached it.
 */
export class RemoteCoroutine extends Remote<'Coroutine'> {
  /**
   * @internal Schedules it in `askedContext`, a cell; 0 = where it last ran. `by`: the caller, as an error names it.
   *
   * @throws CoroutineError `COROUTINE_ALREADY_SCHEDULED`, `COROUTINE_ENDED`, `COROUTINE_THREAD_GONE`.
   */
  wake(by: string, askedContext = 0): void {
    switch (wakeByHandle(this.thread, this.handle, askedContext)) {
      case 'claimed':
        return;
      case 'scheduled':
        throw new CoroutineError(
          'COROUTINE_ALREADY_SCHEDULED',
          `${by}: "${this.name}" is scheduled already, by thread "${claimerName(this.thread, this.handle.cell)}"`,
        );
      case 'stale':
        throw new CoroutineError('COROUTINE_ENDED', `${by}: "${this.name}" has ended`);
      case 'gone':
        throw new CoroutineError('COROUTINE_THREAD_GONE', `${by}: the thread of "${this.name}" has ended`);
    }
  }

  /** @internal Makes it look again at what it waits for, if it is there and is not on its way. */
  kick(): void {
    wakeByHandle(this.thread, this.handle);
  }
}

export function attachCoroutine(handle: CoroutineHandle): RemoteCoroutine {
  return new RemoteCoroutine(joinByHandle('Coroutine', handle), handle);
}
