import { AioContextError } from '../aio-context-error.js';
import type { Clock } from './clock.js';
import type { TimerList } from './timer-list.js';

/** `due`: its list has taken it out to run it, and an earlier callback of the same run may still stop that. */
type AioTimerState = 'disarmed' | 'armed' | 'due';

/** A timer of one context (`QEMUTimer`), made disarmed by `AioContext.createTimer`. */
export class AioTimer {
  readonly #list: TimerList;
  readonly #callback: () => void;
  #state: AioTimerState = 'disarmed';
  #expireTimeNs = 0;

  /** @internal */
  constructor(list: TimerList, callback: () => void) {
    this.#list = list;
    this.#callback = callback;
  }

  get clock(): Clock {
    return this.#list.clock;
  }

  /** Armed and not yet run (`timer_pending`). */
  get pending(): boolean {
    return this.#state !== 'disarmed';
  }

  /** Where it was last armed for, in the clock's nanoseconds (`timer_expire_time_ns`). */
  get expireTimeNs(): number {
    return this.#expireTimeNs;
  }

  /** Arms it for the absolute time `expireTimeNs`, in place of any earlier one (`timer_mod_ns`). */
  mod(expireTimeNs: number): void {
    if (!Number.isFinite(expireTimeNs)) {
      throw new AioContextError(
        'AIO_TIMER_DEADLINE',
        `mod: deadline ${expireTimeNs} is not a number of nanoseconds`,
      );
    }
    this.#list.assertOpen();
    this.del();
    this.#expireTimeNs = expireTimeNs;
    this.#state = 'armed';
    this.#list.insert(this);
  }

  /** As {@link mod}, but only to move it earlier (`timer_mod_anticipate_ns`). */
  modAnticipate(expireTimeNs: number): void {
    if (!this.pending || expireTimeNs < this.#expireTimeNs) this.mod(expireTimeNs);
  }

  /** Disarms it; again is no error (`timer_del`). */
  del(): void {
    if (this.#state === 'armed') this.#list.remove(this);
    this.#state = 'disarmed';
  }

  /** @internal */
  setDue(): void {
    this.#state = 'due';
  }

  /** @internal */
  get due(): boolean {
    return this.#state === 'due';
  }

  /** @internal Disarmed first, so that the callback may arm it again. */
  run(): void {
    this.#state = 'disarmed';
    this.#callback();
  }
}
