import type { Coroutine } from './coroutine.js';
import { waitBeginChannel, waitEndChannel } from './trace.js';

/** What a coroutine waits for, as a report names it. Locks and queues are their own. */
export interface WaitedFor {
  /** The class: `CoMutex`, `CoQueue`. */
  readonly kind: string;
  readonly name: string;
  /** Who must act before the wait can end, where that is known: a circle of these is a deadlock. */
  holders?(): readonly Coroutine[];
}

/** One coroutine's wait. */
export interface CoWait {
  readonly coroutine: Coroutine;
  readonly on: WaitedFor;
  /** What the caller said that it wants it for. */
  readonly purpose: string | undefined;
  /** `performance.now()` at its begin. */
  readonly sinceMs: number;
}

/** Its own link in the list of all: with thousands of waits under way a Map took tens of microseconds for one more. */
class Wait implements CoWait {
  readonly coroutine: Coroutine;
  readonly on: WaitedFor;
  readonly purpose: string | undefined;
  readonly sinceMs = performance.now();
  #before: Wait | null = null;
  #after: Wait | null = null;

  // Per thread: the waits under way, in the order of their begin.
  static #oldest: Wait | null = null;
  static #youngest: Wait | null = null;

  constructor(coroutine: Coroutine, on: WaitedFor, purpose: string | undefined) {
    this.coroutine = coroutine;
    this.on = on;
    this.purpose = purpose;
  }

  begin(): void {
    this.#before = Wait.#youngest;
    if (this.#before === null) Wait.#oldest = this;
    else this.#before.#after = this;
    Wait.#youngest = this;
  }

  end(): void {
    if (this.#before === null) Wait.#oldest = this.#after;
    else this.#before.#after = this.#after;
    if (this.#after === null) Wait.#youngest = this.#before;
    else this.#after.#before = this.#before;
  }

  static all(): CoWait[] {
    const waits: CoWait[] = [];
    for (let wait = Wait.#oldest; wait !== null; wait = wait.#after) waits.push(wait);
    return waits;
  }
}

/** The running coroutine is about to yield until `on` lets it go on. Pairs with {@link endWait}. */
export function beginWait(coroutine: Coroutine, on: WaitedFor, purpose?: string): void {
  const wait = new Wait(coroutine, on, purpose);
  wait.begin();
  coroutine.wait = wait;
  if (waitBeginChannel.hasSubscribers) waitBeginChannel.publish(wait);
}

export function endWait(coroutine: Coroutine): void {
  const wait = coroutine.wait;
  if (!(wait instanceof Wait)) return;
  wait.end();
  coroutine.wait = null;
  if (waitEndChannel.hasSubscribers) waitEndChannel.publish(wait);
}

/** The waits under way in this thread, the oldest first. */
export function coWaits(): CoWait[] {
  return Wait.all();
}
