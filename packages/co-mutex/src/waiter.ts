import { beginWait, type Coroutine, endWait, type InLine, onAbort, type WaitedFor } from '@coaio/coroutine';
import type { LockOptions } from './lock-options.js';

/** What has a line of waiters. */
export interface WaitingRoom extends WaitedFor {
  /** @internal The waiter's signal has aborted before the wait has ended. */
  abandon(waiter: Waiter): void;
}

/** How it wants the lock. A CoMutex has one way only; `upgrade`: to write, having read before. */
export type Wanted = 'read' | 'write' | 'upgrade';

/** One coroutine's wait for a lock. waiting -> granted, waiting -> abandoned. */
export class Waiter implements InLine<Waiter> {
  readonly coroutine: Coroutine;
  wants: Wanted;
  readonly purpose: string | undefined;
  state: 'waiting' | 'granted' | 'abandoned' = 'waiting';
  ahead: Waiter | null = null;
  behind: Waiter | null = null;
  readonly #signal: AbortSignal | undefined;
  #forget: (() => void) | null = null;

  constructor(coroutine: Coroutine, wants: Wanted, options: LockOptions | undefined) {
    this.coroutine = coroutine;
    this.wants = wants;
    this.purpose = options?.purpose;
    this.#signal = options?.signal;
  }

  /** It stands in line and is about to yield. */
  begin(on: WaitingRoom): void {
    beginWait(this.coroutine, on, this.purpose);
    if (this.#signal === undefined) return;
    this.#forget = onAbort(this.#signal, () => {
      // The hand-over wins: a lock that was handed to nobody would never be unlocked.
      if (this.state === 'waiting') on.abandon(this);
    });
  }

  end(): void {
    this.#forget?.();
    endWait(this.coroutine);
  }

  throwReason(): never {
    throw this.#signal?.reason;
  }
}
