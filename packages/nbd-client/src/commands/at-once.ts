import { aioCoKick, type Co, Coroutine, coSelf, coYield } from '@coaio/coroutine';

/** How many are under way at once. */
const AT_ONCE = 16;

/**
 * Does something to each of `items`, several at once. After one has failed no other begins; this ends when those that have begun have
 * ended, so that none of their memory is in use any more.
 *
 * @throws what the first failed with.
 */
export function* atOnce<T>(items: Iterable<T>, each: (item: T) => Co<void>): Co<void> {
  const self = coSelf();
  const left = items[Symbol.iterator]();
  const failures: unknown[] = [];
  let running = AT_ONCE;
  const worker = function* (): Co<void> {
    try {
      for (let next = left.next(); !next.done && failures.length === 0; next = left.next())
        yield* each(next.value);
    } catch (error) {
      failures.push(error);
    }
    running--;
    if (running === 0) aioCoKick(self);
  };
  for (let started = 0; started < AT_ONCE; started++) {
    Coroutine.create(worker, `${self.name} ${started}`).enter(self.context);
  }
  while (running > 0) yield* coYield();
  if (failures.length > 0) throw failures[0];
}
