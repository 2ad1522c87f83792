import { type AioTimer, type Clock, realtimeClock } from '@coaio/aio-context';
import { aioCoKick } from './aio-co.js';
import type { Co } from './co.js';
import { coYield } from './co-yield.js';
import type { Coroutine } from './coroutine.js';
import { CoroutineError } from './coroutine-error.js';
import { withCoroutineStack } from './coroutine-stack.js';
import { callerOf } from './current-coroutine.js';
import { onAbort } from './on-abort.js';
import { beginWait, endWait, type WaitedFor } from './waits.js';

export interface CoSleepOptions {
  /** Ends the sleep when it aborts: `signal.reason` is thrown. */
  signal?: AbortSignal | undefined;
}

/** One sleep, which ends once: by its timer, by a wake or by its signal. */
interface Sleep {
  readonly sleeper: Coroutine;
  timer: AioTimer | null;
  aborted: boolean;
}

/**
 * A sleep that somebody else can end early (`QemuCoSleep`). It may be used again and again, by one coroutine at a time.
 *
 * @thread home
 */
export class CoSleep implements WaitedFor {
  readonly kind = 'CoSleep';
  readonly name: string;
  #sleep: Sleep | null = null;

  /** `name` is shown in errors and reports. */
  constructor(name = 'co-sleep') {
    this.name = name;
  }

  /** Who sleeps; null also once it was woken and has not run yet. */
  get sleeper(): Coroutine | null {
    return this.#sleep?.sleeper ?? null;
  }

  /**
   * Sleeps for `ns` nanoseconds of `clock` in the coroutine's own context (`qemu_co_sleep_ns_wakeable`); without `ns`
   * until {@link wake} (`qemu_co_sleep`). A time that is over, 0 or less, lasts until the context's next poll.
   *
   * @throws the signal's reason; CoroutineError `COROUTINE_SLEEP_BUSY`: another one sleeps here;
   * `COROUTINE_SLEEP_TIME`: `ns` is not finite; `COROUTINE_OUTSIDE`.
   */
  *sleep(ns?: number, clock: Clock = realtimeClock, options?: CoSleepOptions): Co<void> {
    const sleeper = callerOf('CoSleep.sleep');
    if (this.#sleep !== null) {
      throw new CoroutineError(
        'COROUTINE_SLEEP_BUSY',
        `sleep in "${sleeper.name}": "${this.#sleep.sleeper.name}" sleeps in "${this.name}" already`,
      );
    }
    const signal = options?.signal;
    if (signal?.aborted) throw withCoroutineStack(signal.reason, sleeper.name, this.sleep);
    const mine: Sleep = { sleeper, timer: this.#timer(sleeper, ns, clock), aborted: false };
    this.#sleep = mine;
    const takeBack = signal === undefined ? null : onAbort(signal, () => this.#end(mine, true));
    beginWait(sleeper, this);
    try {
      while (this.#sleep === mine) yield* coYield();
    } finally {
      takeBack?.();
      endWait(sleeper);
    }
    if (mine.aborted) throw withCoroutineStack(signal?.reason, sleeper.name, this.sleep);
  }

  /** Ends the sleep now and disarms its timer; a no-op when nobody sleeps (`qemu_co_sleep_wake`). */
  wake(): void {
    if (this.#sleep !== null) this.#end(this.#sleep, false);
  }

  #timer(sleeper: Coroutine, ns: number | undefined, clock: Clock): AioTimer | null {
    if (ns === undefined || sleeper.context === undefined) return null;
    if (!Number.isFinite(ns)) {
      throw new CoroutineError('COROUTINE_SLEEP_TIME', `sleep: ${ns} is not a number of nanoseconds`);
    }
    const timer = sleeper.context.createTimer(() => this.wake(), clock);
    timer.mod(clock.nowNs() + ns);
    return timer;
  }

  #end(sleep: Sleep, aborted: boolean): void {
    // What came first has ended it, and another one may sleep here now.
    if (this.#sleep !== sleep) return;
    this.#sleep = null;
    sleep.aborted = aborted;
    sleep.timer?.del();
    aioCoKick(sleep.sleeper);
  }
}

/**
 * Sleeps for `ns` nanoseconds of `clock`, in the coroutine's own context (`qemu_co_sleep_ns`).
 *
 * @throws the signal's reason; CoroutineError `COROUTINE_SLEEP_TIME`, `COROUTINE_OUTSIDE`.
 * @thread home
 */
export function* coSleep(ns: number, clock?: Clock, options?: CoSleepOptions): Co<void> {
  callerOf('coSleep');
  // CoSleep would take it for a sleep without an end.
  if (ns === undefined) {
    throw new CoroutineError('COROUTINE_SLEEP_TIME', 'coSleep: undefined is not a number of nanoseconds');
  }
  yield* new CoSleep('coSleep').sleep(ns, clock, options);
}
