import { AioContext, getCurrentAioContext } from '@coaio/aio-context';
import { aioCoEnter, type Co, Coroutine, coYield } from '@coaio/coroutine';
import { expect, test } from 'vitest';

const current = () => getCurrentAioContext()?.name;

function logs(ran: string[]): Coroutine {
  return Coroutine.create(function* (): Co<void> {
    ran.push(`in ${current()}`);
  });
}

test('Coroutine.enter makes the given context current while it runs', () => {
  const ran: string[] = [];
  const co = Coroutine.create(function* (): Co<void> {
    ran.push(`first in ${current()}`);
    yield* coYield();
    ran.push(`then in ${current()}`);
  });
  expect(co.context).toBeUndefined();
  const context = new AioContext({ name: 'given' });
  co.enter(context);
  expect(co.context).toBe(context);
  expect(current()).toBe('main');
  co.enter();
  expect(co.context).toBe(getCurrentAioContext());
  expect(ran).toEqual(['first in given', 'then in main']);
});

test('aioCoEnter: now, behind the running coroutine, or scheduled in the other context', () => {
  const here = new AioContext({ name: 'here' });
  const there = new AioContext({ name: 'there' });
  const ran: string[] = [];
  here.run(() => {
    aioCoEnter(here, logs(ran));
    ran.push('entered now');
    Coroutine.create(function* (): Co<void> {
      aioCoEnter(here, logs(ran));
      ran.push('queued');
    }).enter();
    aioCoEnter(there, logs(ran));
    ran.push('scheduled');
  });
  there.poll();
  expect(ran).toEqual(['in here', 'entered now', 'queued', 'in here', 'scheduled', 'in there']);
});

test('enterIfInactive does nothing to an active one', () => {
  let runs = 0;
  const co = Coroutine.create(function* (): Co<void> {
    for (;;) {
      runs++;
      co.enterIfInactive();
      yield* coYield();
    }
  });
  co.enterIfInactive();
  co.enterIfInactive();
  expect(runs).toBe(2);
});
