import { type Coroutine, type CoWait, coWaits, type WaitedFor } from '@coaio/coroutine';
import type { HeldLock, LockHold } from './lock-hold.js';
import { type CoroutineElsewhere, type WaitElsewhere, waitsElsewhere } from './shared/shared-lock-report.js';
import { waitCircles } from './wait-circles.js';

/** Who waits for what, as plain data: in this thread for anything, in the others for a SharedCoMutex. */
export interface DeadlockReport {
  /** This thread's, then those of the others; the oldest first. */
  waits: ReportedWait[];
  /** Names of coroutines, each waiting for what the next holds, the last for what the first holds. */
  circles: string[][];
}

export interface ReportedWait {
  coroutine: string;
  /** Its thread, if it is another one. */
  thread?: string;
  /** The name of the lock or queue. */
  waitsFor: string;
  /** Its class: `CoMutex`, `CoRwlock`, `CoQueue`. */
  kind: string;
  /** How it wants a CoRwlock. */
  mode?: 'read' | 'write';
  purpose?: string;
  forMs: number;
  /** Empty where that is not known. */
  holders: ReportedHolder[];
}

export interface ReportedHolder {
  name: string;
  thread?: string;
  /** How long, and what for: if the lock tracks holds. */
  forMs?: number;
  purpose?: string;
  /** It is the waiting coroutine itself: it was granted the lock and has not run since. */
  granted?: true;
}

/**
 * What waits in this thread, for whom, and in circles; the waits of other threads for a SharedCoMutex too, so that circles
 * over several threads are found. Costs nothing before it is called. @thread any
 */
export function deadlockReport(): DeadlockReport {
  const nowMs = performance.now();
  const waits = [...coWaits(), ...waitsElsewhere()];
  const waitsFor = new Map(waits.map((wait) => [wait.coroutine as Waiting, stillHeldBy(wait)]));
  return {
    waits: waits.map((wait) => reportedWait(wait, nowMs)),
    circles: waitCircles(waitsFor).map((circle) => circle.map(nameOf)),
  };
}

/** One of whom only the name is known is in no circle. */
type Waiting = Coroutine | CoroutineElsewhere | string;

function stillHeldBy({ coroutine, on }: CoWait | WaitElsewhere): Waiting[] {
  const holders = holdsOf(on).map(({ holder }) => holder);
  return holders.includes(coroutine) ? [] : holders;
}

function reportedWait(wait: CoWait | WaitElsewhere, nowMs: number): ReportedWait {
  const { coroutine, on, purpose, sinceMs } = wait;
  const { mode }: Partial<HeldLock> = on;
  return {
    coroutine: coroutine.name,
    ...threadOf(coroutine),
    waitsFor: on.name,
    kind: on.kind,
    ...(mode === undefined ? {} : { mode }),
    ...(purpose === undefined ? {} : { purpose }),
    forMs: nowMs - sinceMs,
    holders: holdsOf(on).map(({ holder, sinceMs, purpose }) => ({
      name: nameOf(holder),
      ...threadOf(holder),
      ...(sinceMs === undefined ? {} : { forMs: nowMs - sinceMs }),
      ...(purpose === undefined ? {} : { purpose }),
      ...(holder === coroutine ? { granted: true } : {}),
    })),
  };
}

/** Of a lock of ours with what it tracked; of any other what it tells. */
function holdsOf(on: (WaitedFor & Partial<HeldLock>) | WaitElsewhere['on']): LockHold[] {
  if (on.holds !== undefined) return on.holds();
  return ('holders' in on ? (on.holders?.() ?? []) : []).map((holder) => ({ holder }));
}

function nameOf(waiting: Waiting): string {
  return typeof waiting === 'string' ? waiting : waiting.name;
}

function threadOf(waiting: Waiting): { thread?: string } {
  return typeof waiting === 'object' && 'thread' in waiting ? { thread: waiting.thread } : {};
}
