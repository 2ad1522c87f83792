import { throwUncaught } from '../uncaught.js';
import type { AioTimer } from './aio-timer.js';
import type { Alarm, Clock } from './clock.js';

/** The armed timers of one context on one clock, soonest first (`QEMUTimerList`). */
export class TimerList {
  readonly clock: Clock;
  /** Throws if the context is closed. */
  readonly assertOpen: () => void;
  readonly #alarm: Alarm;
  readonly #timers: AioTimer[] = [];
  /** What the runs under way have still to run: a callback that polls runs these too. */
  readonly #due: AioTimer[] = [];

  constructor(clock: Clock, expired: () => void, assertOpen: () => void) {
    this.clock = clock;
    this.assertOpen = assertOpen;
    this.#alarm = clock.createAlarm(expired);
  }

  get pendingCount(): number {
    return this.#timers.length + this.#due.filter((timer) => timer.due).length;
  }

  /** The next deadline; infinity if none is armed. */
  get nextNs(): number {
    return this.#timers[0]?.expireTimeNs ?? Number.POSITIVE_INFINITY;
  }

  insert(timer: AioTimer): void {
    // After its equals: timers of one deadline run in the order in which they were armed.
    let low = 0;
    let high = this.#timers.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.#timers[middle];
      if (other !== undefined && other.expireTimeNs <= timer.expireTimeNs) low = middle + 1;
      else high = middle;
    }
    this.#timers.splice(low, 0, timer);
    if (low === 0) this.#alarm.set(timer.expireTimeNs);
  }

  remove(timer: AioTimer): void {
    const at = this.#timers.indexOf(timer);
    if (at < 0) return;
    this.#timers.splice(at, 1);
    if (at === 0) this.#setAlarm();
  }

  /** Runs what has expired by now, and not what the callbacks arm for now. */
  runExpired(): boolean {
    if (this.#timers.length === 0 && this.#due.length === 0) return false;
    const now = this.clock.nowNs();
    let expired = 0;
    while (expired < this.#timers.length && (this.#timers[expired]?.expireTimeNs ?? 0) <= now) expired++;
    for (const timer of this.#timers.splice(0, expired)) {
      timer.setDue();
      this.#due.push(timer);
    }
    this.#setAlarm();
    let progress = false;
    for (let timer = this.#due.shift(); timer !== undefined; timer = this.#due.shift()) {
      if (!timer.due) continue;
      progress = true;
      try {
        timer.run();
      } catch (error) {
        throwUncaught(error);
      }
    }
    return progress;
  }

  #setAlarm(): void {
    const first = this.#timers[0];
    if (first === undefined) this.#alarm.clear();
    else this.#alarm.set(first.expireTimeNs);
  }
}
