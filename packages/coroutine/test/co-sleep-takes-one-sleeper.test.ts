import { type Co, Coroutine, CoSleep } from '@coaio/coroutine';
import { expect, test } from 'vitest';

test('a second sleeper is refused, and the first sleeps on', () => {
  const sleep = new CoSleep('backoff');
  function* first(): Co<void> {
    yield* sleep.sleep();
  }
  function* second(): Co<void> {
    yield* sleep.sleep(5);
  }
  const sleeper = Coroutine.create(first);
  sleeper.enter();
  expect(() => Coroutine.create(second).enter()).toThrow(
    expect.objectContaining({
      code: 'COROUTINE_SLEEP_BUSY',
      message: 'sleep in "second": "first" sleeps in "backoff" already',
    }),
  );
  expect(sleeper.state).toBe('yielded');
  sleep.wake();
  expect(sleeper.state).toBe('ended');
});
