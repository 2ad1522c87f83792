import { type AioContext, getMainAioContext } from '@coaio/aio-context';
import type { CoMutex } from '@coaio/co-mutex';
import { type Co, Coroutine, coYield } from '@coaio/coroutine';

/** Entered once: asks for `mutex`, and yields once it has it. Entered again: unlocks, logs so, and ends. */
export function criticalSection(
  mutex: CoMutex,
  name: string,
  log: string[],
  context: AioContext = getMainAioContext(),
): Coroutine {
  const co = Coroutine.create(function* (): Co<void> {
    yield* mutex.lock();
    log.push(`${name} has it`);
    yield* coYield();
    mutex.unlock();
    log.push(`${name} unlocked`);
  }, name);
  co.enter(context);
  return co;
}
