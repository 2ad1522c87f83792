import { AioContext, getCurrentAioContext } from '@coaio/aio-context';
import { CoRwlock } from '@coaio/co-mutex';
import { aioCoSchedule, type Co } from '@coaio/coroutine';
import { expect, test } from 'vitest';
import { Actor } from './support/actor.js';

test.each(['rdlock', 'wrlock'] as const)(
  '%s goes on in the context of the one that waits, or where it has moved to',
  (verb) => {
    const [home, moved] = [new AioContext({ name: 'home' }), new AioContext({ name: 'moved' })];
    const lock = new CoRwlock();
    for (const context of [home, moved]) {
      let where: string | undefined;
      const holder = new Actor('holder').does(() => lock.wrlock());
      const waiter = new Actor('waiter', home).does(function* (): Co<void> {
        yield* lock[verb]();
        where = getCurrentAioContext()?.name;
        lock.unlock();
      });
      if (context === moved) aioCoSchedule(moved, waiter.co);
      holder.calls(() => lock.unlock());
      expect(where).toBeUndefined();
      context.poll();
      expect(where).toBe(context.name);
    }
  },
);
