import type { Clock } from './clock.js';
import { TimerList } from './timer-list.js';

const NS_PER_MS = 1e6;

/** The timers of one context, a list for each clock (`QEMUTimerListGroup`). */
export class TimerLists {
  readonly #lists = new Map<Clock, TimerList>();
  readonly #expired: () => void;
  readonly #assertOpen: () => void;

  constructor(expired: () => void, assertOpen: () => void) {
    this.#expired = expired;
    this.#assertOpen = assertOpen;
  }

  of(clock: Clock): TimerList {
    let list = this.#lists.get(clock);
    if (list === undefined) {
      list = new TimerList(clock, this.#expired, this.#assertOpen);
      this.#lists.set(clock, list);
    }
    return list;
  }

  get pendingCount(): number {
    let count = 0;
    for (const list of this.#lists.values()) count += list.pendingCount;
    return count;
  }

  /** @returns whether one ran. */
  runExpired(): boolean {
    let progress = false;
    for (const list of this.#lists.values()) progress = list.runExpired() || progress;
    return progress;
  }

  /** How long a blocked thread may sleep for them (`qemu_soonest_timeout`): 0 if one is due, infinity if none expires by waiting. */
  msToNext(): number {
    let soonest = Number.POSITIVE_INFINITY;
    for (const { clock, nextNs } of this.#lists.values()) {
      const ms = (nextNs - clock.nowNs()) / NS_PER_MS;
      if (clock.passes || ms <= 0) soonest = Math.min(soonest, ms);
    }
    return Math.max(soonest, 0);
  }
}
