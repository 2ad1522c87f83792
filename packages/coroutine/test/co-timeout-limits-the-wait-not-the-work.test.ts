import { AioContext, VirtualClock } from '@coaio/aio-context';
import { type Co, Coroutine, coSelf, coSleep, coTimeout } from '@coaio/coroutine';
import { expect, test } from 'vitest';
import { collectUncaught } from './support/collect-uncaught.js';

/** Runs `body` as a coroutine. @returns how it ends, once it does. */
function outcomeOf<T>(body: () => Co<T>): unknown[] {
  const outcome: unknown[] = [];
  Coroutine.create(function* caller(): Co<void> {
    try {
      outcome.push(yield* body());
    } catch (error) {
      outcome.push(error);
    }
  }).enter();
  return outcome;
}

const timedOut = expect.objectContaining({
  code: 'COROUTINE_TIMEOUT',
  message: 'coTimeout: "work" has not ended within 100 ns',
});

test('an entry that ends in time: its result, and the timer is gone', () => {
  const context = new AioContext();
  const clock = new VirtualClock();
  const cleaned: unknown[] = [];
  let outcome: unknown[] = [];
  context.run(() => {
    outcome = outcomeOf(() =>
      coTimeout(
        function* work(): Co<string> {
          yield* coSleep(99, clock);
          return 'done';
        },
        100,
        { clock, clean: (end) => cleaned.push(end) },
      ),
    );
  });
  clock.advance(99);
  expect(outcome).toEqual(['done']);
  context.close();
  clock.advance(1000);
  expect(cleaned).toEqual([]);
});

test('one that never yields ends in time', () => {
  const result = outcomeOf(() =>
    coTimeout(function* work(): Co<number> {
      return 7;
    }, 1),
  );
  expect(result).toEqual([7]);
});

test('what it throws in time, the caller gets', () => {
  const failure = new Error('of the entry');
  const result = outcomeOf(() =>
    coTimeout(function* work(): Co<void> {
      throw failure;
    }, 100),
  );
  expect(result).toEqual([failure]);
});

test('after a timeout it goes on, and clean is called when it ends', () => {
  const clock = new VirtualClock();
  const cleaned: unknown[] = [];
  const steps: string[] = [];
  const outcome = outcomeOf(() =>
    coTimeout(
      function* work(): Co<string> {
        yield* coSleep(150, clock);
        steps.push('goes on');
        yield* coSleep(50, clock);
        return 'late';
      },
      100,
      { clock, clean: (end) => cleaned.push(end) },
    ),
  );
  clock.advance(100);
  expect(outcome).toEqual([timedOut]);
  clock.advance(99);
  expect([steps, cleaned]).toEqual([['goes on'], []]);
  clock.advance(1);
  expect(cleaned).toEqual([{ status: 'fulfilled', value: 'late' }]);
});

test('what it throws after a timeout goes to clean; without one it is uncaught; so is what clean throws', async () => {
  const uncaught = collectUncaught();
  const clock = new VirtualClock();
  const [late, ofClean] = [new Error('late'), new Error('of clean')];
  const cleaned: unknown[] = [];
  function* work(): Co<void> {
    yield* coSleep(200, clock);
    throw late;
  }
  const cleans = [
    (end: unknown) => cleaned.push(end),
    undefined,
    () => {
      throw ofClean;
    },
  ];
  for (const clean of cleans) outcomeOf(() => coTimeout(work, 100, { clock, clean }));
  clock.advance(200);
  await Promise.resolve();
  expect(cleaned).toEqual([{ status: 'rejected', reason: late }]);
  expect(uncaught).toEqual([late, ofClean]);
});

test('a limit of 0 is none', () => {
  const clock = new VirtualClock();
  const outcome = outcomeOf(() =>
    coTimeout(
      function* work(): Co<string> {
        yield* coSleep(1e15, clock);
        return 'done';
      },
      0,
      { clock },
    ),
  );
  clock.advance(1e15 - 1);
  expect(outcome).toEqual([]);
  clock.advance(1);
  expect(outcome).toEqual(['done']);
});

test('the entry runs in a coroutine of its own, in the context of the caller', () => {
  const context = new AioContext();
  const seen: unknown[] = [];
  const caller = Coroutine.create(function* (): Co<void> {
    yield* coTimeout(function* work(): Co<void> {
      seen.push(coSelf() === caller, coSelf().name, coSelf().context);
    }, 1);
  });
  caller.enter(context);
  expect(seen).toEqual([false, 'work', context]);
});
