import { type Clock, realtimeClock } from '@coaio/aio-context';
import { aioCoKick } from './aio-co.js';
import type { Co } from './co.js';
import { coYield } from './co-yield.js';
import { CoroutineError } from './coroutine-error.js';
import { coSelf } from './current-coroutine.js';

/** Sleeps for `ns` nanoseconds of `clock`, in the coroutine's own context (`qemu_co_sleep_ns`). */
export function* coSleep(ns: number, clock: Clock = realtimeClock): Co<void> {
  const self = coSelf();
  if (self.context === undefined) {
    throw new CoroutineError('COROUTINE_NO_CONTEXT', `coSleep: "${self.name}" has no context`);
  }
  const timer = self.context.createTimer(() => aioCoKick(self), clock);
  timer.mod(clock.nowNs() + ns);
  try {
    while (timer.pending) yield* coYield();
  } finally {
    timer.del();
  }
}
