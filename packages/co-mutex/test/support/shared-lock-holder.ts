import type { SharedCoMutex } from '@coaio/co-mutex';
import { aioCoWake, Coroutine, coYield } from '@coaio/coroutine';

/** A coroutine of this thread that takes the lock now and holds it until `letGo`. */
export function holdHere(mutex: SharedCoMutex, name = 'holder'): { letGo(): void } {
  const holder = Coroutine.create(function* () {
    yield* mutex.lock();
    yield* coYield();
    mutex.unlock();
  }, name);
  holder.enter();
  return { letGo: () => aioCoWake(holder) };
}
