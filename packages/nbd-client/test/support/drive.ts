import { VirtualClock } from '@coaio/aio-context';

/** A virtual clock that counts what it is asked to wake. */
export class CountingClock extends VirtualClock {
  readonly #armed = new Set<object>();

  /** Timers of contexts that wait for their time. */
  get armed(): number {
    return this.#armed.size;
  }

  override createAlarm(expired: () => void): ReturnType<VirtualClock['createAlarm']> {
    const key = {};
    const alarm = super.createAlarm(() => {
      this.#armed.delete(key);
      expired();
    });
    return {
      set: (deadlineNs) => {
        this.#armed.add(key);
        alarm.set(deadlineNs);
      },
      clear: () => {
        this.#armed.delete(key);
        alarm.clear();
      },
    };
  }
}

const STEP_MS = 250;
const TURNS = 3;

/** All that can happen without time passing. */
export async function settle(turns = TURNS): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate);
}

/** `promise`, for which time passes. @throws when it is not settled after `limitMs`. */
export async function drive<T>(clock: VirtualClock, promise: Promise<T>, limitMs = 60_000): Promise<T> {
  let settled = false;
  const done = (): void => {
    settled = true;
  };
  promise.then(done, done);
  for (let passedMs = 0; ; passedMs += STEP_MS) {
    await settle();
    if (settled) return await promise;
    if (passedMs > limitMs) throw new Error(`not settled after ${limitMs} ms`);
    clock.advance(STEP_MS * 1e6);
  }
}
