import { AioContext } from '@coaio/aio-context';
import { aioCoKick, aioCoSchedule, Coroutine, coYield } from '@coaio/coroutine';
import { expect, test } from 'vitest';

/** Waits for `done()`, and counts how often it looked. */
function waiting(done: () => boolean): { coroutine: Coroutine; looks: () => number } {
  let looks = 0;
  const coroutine = Coroutine.create(function* () {
    for (looks = 1; !done(); looks++) yield* coYield();
  });
  return { coroutine, looks: () => looks };
}

test('one that waits looks again', () => {
  let done = false;
  const { coroutine, looks } = waiting(() => done);
  coroutine.enter();
  aioCoKick(coroutine);
  expect([looks(), coroutine.state]).toEqual([2, 'yielded']);
  done = true;
  aioCoKick(coroutine);
  expect([looks(), coroutine.state]).toEqual([3, 'ended']);
});

test('one that is scheduled, runs, never ran or has ended is left alone', () => {
  const context = new AioContext();
  const never = waiting(() => true);
  aioCoKick(never.coroutine);
  expect(never.looks()).toBe(0);

  const scheduled = waiting(() => false);
  scheduled.coroutine.enter(context);
  aioCoSchedule(context, scheduled.coroutine);
  aioCoKick(scheduled.coroutine);
  context.poll();
  expect(scheduled.looks()).toBe(2);

  const itself: Coroutine = Coroutine.create(function* () {
    aioCoKick(itself);
    yield* coYield();
  });
  itself.enter();
  expect(itself.state).toBe('yielded');
  itself.enter();
  aioCoKick(itself);
  expect(itself.state).toBe('ended');
});
