import { AioContext } from '@coaio/aio-context';
import { aioCoSchedule, aioCoWake, type Co, Coroutine, coYield } from '@coaio/coroutine';
import { expect, test } from 'vitest';

function parked(context: AioContext): Coroutine {
  const co = Coroutine.create(function* sleeper(): Co<void> {
    for (;;) yield* coYield();
  });
  co.enter(context);
  return co;
}

function scheduledAlready(message: string) {
  return expect.objectContaining({ name: 'CoroutineError', code: 'COROUTINE_ALREADY_SCHEDULED', message });
}

test('the second to schedule or wake it is told of the first', () => {
  const context = new AioContext();
  const co = parked(context);
  const first = Coroutine.create(function* (): Co<void> {
    aioCoSchedule(context, co);
  }, 'first');
  const second = Coroutine.create(function* (): Co<void> {
    aioCoSchedule(new AioContext(), co);
  }, 'second');
  first.enter();
  expect(() => second.enter()).toThrow(
    scheduledAlready(
      'aioCoSchedule in "second": "sleeper" is scheduled already, by aioCoSchedule in "first"',
    ),
  );
  expect(() => aioCoWake(co)).toThrow(
    scheduledAlready('aioCoWake: "sleeper" is scheduled already, by aioCoSchedule in "first"'),
  );
  expect(() => co.enter()).toThrow(
    scheduledAlready('enter: "sleeper" is scheduled already, by aioCoSchedule in "first"'),
  );
  const third = Coroutine.create(function* (): Co<void> {
    co.enter();
  }, 'third');
  expect(() => third.enter()).toThrow(
    scheduledAlready('enter in "third": "sleeper" is scheduled already, by aioCoSchedule in "first"'),
  );
});

test('so is the second to wake it before it ran behind its waker', () => {
  const context = new AioContext();
  const co = parked(context);
  const waker = Coroutine.create(function* (): Co<void> {
    aioCoWake(co);
    aioCoWake(co);
  }, 'waker');
  expect(() => waker.enter(context)).toThrow(
    scheduledAlready('aioCoWake in "waker": "sleeper" is scheduled already, by aioCoWake in "waker"'),
  );
});

test('once it ran it may be scheduled again', () => {
  const context = new AioContext();
  const co = parked(context);
  for (let i = 0; i < 2; i++) {
    aioCoSchedule(context, co);
    context.poll();
  }
  Coroutine.create(function* (): Co<void> {
    aioCoWake(co);
  }).enter(context);
  aioCoSchedule(context, co);
});

test('a context that refuses it leaves it free to be scheduled elsewhere', () => {
  const closed = new AioContext({ name: 'gone' });
  const context = new AioContext();
  const co = parked(context);
  closed.close();
  expect(() => aioCoSchedule(closed, co)).toThrow(
    expect.objectContaining({ code: 'AIO_CONTEXT_CLOSED', message: 'schedule: context "gone" is closed' }),
  );
  aioCoSchedule(context, co);
});
