import type { Coroutine, WaitedFor } from '@coaio/coroutine';
import type { CoroutineElsewhere } from './shared/shared-lock-report.js';

/** Options of a lock's constructor. */
export interface LockTracking {
  /** Remembers since when and for what purpose it is held, for a `deadlockReport`. Off by default; costs nothing then. */
  trackHolds?: boolean | undefined;
}

/** What a lock remembers of a hold if it tracks them. */
export interface TrackedHold {
  /** `performance.now()` when it was granted. */
  readonly sinceMs: number;
  readonly purpose: string | undefined;
}

/** Who holds a lock. Of a holder in another thread its name may be known, or that of its thread only. */
export interface LockHold extends Partial<TrackedHold> {
  readonly holder: Coroutine | CoroutineElsewhere | string;
}

/** What a `deadlockReport` can tell more of than of any {@link WaitedFor}. */
export interface HeldLock extends WaitedFor {
  /** How it is waited for, where there are two ways. */
  readonly mode?: 'read' | 'write';
  holds(): LockHold[];
}

export function trackedHold(purpose: string | undefined): TrackedHold {
  return { sinceMs: performance.now(), purpose };
}
