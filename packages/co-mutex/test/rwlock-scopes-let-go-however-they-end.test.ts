import { CoRwlock } from '@coaio/co-mutex';
import { type Co, coYield } from '@coaio/coroutine';
import { expect, test } from 'vitest';
import { Actor } from './support/actor.js';

const failure = new Error('inside');

test.each(['withRdlock', 'withWrlock'] as const)(
  '%s gives the result, and lets go after it or a throw',
  (verb) => {
    const lock = new CoRwlock();
    let result: string | undefined;
    const a = new Actor('a').does(function* (): Co<void> {
      result = yield* lock[verb](function* (): Co<string> {
        yield* coYield();
        return 'result';
      });
    });
    expect(lock.holders()).toEqual([a.co]);
    a.co.enter();
    expect([result, lock.holders()]).toEqual(['result', []]);
    a.does(() =>
      lock[verb](function* (): Co<never> {
        throw failure;
      }),
    );
    expect([a.thrown, lock.holders()]).toEqual([failure, []]);
  },
);

test.each([
  ['rdGuard', 1],
  ['wrGuard', 0],
] as const)('%s holds to the end of the scope, as its name says', (verb, beside) => {
  const lock = new CoRwlock();
  const a = new Actor('a').does(function* (): Co<void> {
    using _ = yield* lock[verb]();
    yield* coYield();
    throw failure;
  });
  const b = new Actor('b').calls(() => lock.reader.tryLock() && lock.unlock());
  expect(lock.holders()).toEqual([a.co]);
  new Actor('r').calls(() => lock.reader.tryLock());
  expect(lock.holders()).toHaveLength(1 + beside);
  a.co.enter();
  expect([a.thrown, b.thrown, lock.holders().length]).toEqual([failure, undefined, beside]);
});

test('a scope that began with reading lets go of the upgraded lock too', () => {
  const lock = new CoRwlock();
  const a = new Actor('a').does(() =>
    lock.withRdlock(function* (): Co<void> {
      yield* lock.upgrade();
    }),
  );
  expect([a.thrown, lock.holders()]).toEqual([undefined, []]);
});

test.each(['withRdlock', 'withWrlock', 'rdGuard', 'wrGuard'] as const)('%s takes a signal', (verb) => {
  const lock = new CoRwlock();
  const options = { signal: AbortSignal.abort(failure) };
  const a = new Actor('a').does(function* (): Co<void> {
    if (verb === 'withRdlock' || verb === 'withWrlock') yield* lock[verb](function* () {}, options);
    else yield* lock[verb](options);
  });
  expect([a.thrown, lock.holders()]).toEqual([failure, []]);
});
