import { AioContextError } from '../aio-context-error.js';
import type { Alarm, Clock } from './clock.js';

class VirtualAlarm implements Alarm {
  deadlineNs = Number.POSITIVE_INFINITY;
  readonly expired: () => void;

  constructor(expired: () => void) {
    this.expired = expired;
  }

  set(deadlineNs: number): void {
    this.deadlineNs = deadlineNs;
  }

  clear(): void {
    this.deadlineNs = Number.POSITIVE_INFINITY;
  }
}

/** A callback that arms its timer for now, always, would keep `advance` for ever. */
const MAX_RINGS_AT_ONCE = 100_000;

/** Time that stands still until a test moves it (`QEMU_CLOCK_VIRTUAL` under qtest). */
export class VirtualClock implements Clock {
  readonly passes = false;
  #nowNs: number;
  readonly #alarms: VirtualAlarm[] = [];

  constructor(startNs = 0) {
    this.#nowNs = startNs;
  }

  nowNs(): number {
    return this.#nowNs;
  }

  /**
   * Moves time on by `ns`, stopping at each deadline on the way: what is due there runs before time goes on,
   * timers that were armed meanwhile included.
   */
  advance(ns: number): void {
    if (!(ns >= 0))
      throw new AioContextError('AIO_CLOCK_BACKWARDS', `advance: ${ns} ns is not a time from 0 on`);
    const end = this.#nowNs + ns;
    let ringsNow = 0;
    for (;;) {
      let due: VirtualAlarm | null = null;
      for (const alarm of this.#alarms) {
        if (alarm.deadlineNs <= end && (due === null || alarm.deadlineNs < due.deadlineNs)) due = alarm;
      }
      if (due === null) break;
      ringsNow = due.deadlineNs > this.#nowNs ? 0 : ringsNow + 1;
      if (ringsNow > MAX_RINGS_AT_ONCE) {
        throw new AioContextError(
          'AIO_CLOCK_STANDS',
          `advance: a timer was armed again for the same time ${MAX_RINGS_AT_ONCE} times, at ${this.#nowNs} ns`,
        );
      }
      this.#nowNs = Math.max(this.#nowNs, due.deadlineNs);
      due.clear();
      due.expired();
    }
    this.#nowNs = end;
  }

  createAlarm(expired: () => void): Alarm {
    const alarm = new VirtualAlarm(expired);
    this.#alarms.push(alarm);
    return alarm;
  }
}
