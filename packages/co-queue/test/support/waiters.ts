import { type AioContext, getMainAioContext } from '@coaio/aio-context';
import type { CoQueue } from '@coaio/co-queue';
import { type Co, Coroutine } from '@coaio/coroutine';

/** Coroutines that each wait once in `queue`, in that order, and then push their name. */
export function waiters(queue: CoQueue, names: string, woken: string[], context = getMainAioContext()): void {
  for (const name of names) waiter(queue, () => woken.push(name), context);
}

/** A coroutine that waits once in `queue` and then calls `then`. */
export function waiter(
  queue: CoQueue,
  then: () => void,
  context: AioContext = getMainAioContext(),
): Coroutine {
  const co = Coroutine.create(function* (): Co<void> {
    yield* queue.wait();
    then();
  });
  co.enter(context);
  return co;
}
