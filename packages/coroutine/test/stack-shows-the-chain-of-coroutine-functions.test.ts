import { VirtualClock } from '@coaio/aio-context';
import { type Co, Coroutine, coAwait, coRun, coSleep, coTimeout, coYield } from '@coaio/coroutine';
import { expect, test } from 'vitest';

/** The functions on the stack of what `fails` throws, when `outer` and `middle` call it. */
function* chain(fails: () => Co<unknown>): Co<void> {
  function* middle(): Co<void> {
    yield* fails();
  }
  function* outer(): Co<void> {
    yield* middle();
  }
  yield* outer();
}

const limitAtFirst = Error.stackTraceLimit;

function stackOf(error: unknown): string {
  return error instanceof Error ? String(error.stack) : 'no error';
}

const wholeChain = /at fails .*\n(.*\n)*? *at middle .*\n(.*\n)*? *at outer .*\n(.*\n)*? *at chain /;
/** Of an error that comes from elsewhere: the chain is said to be the coroutine's. */
const addedChain = /in coroutine "request":\n *at fails .*\n *at middle .*\n *at outer .*\n *at chain /;

async function failureOf(fails: () => Co<unknown>): Promise<unknown> {
  try {
    await coRun(() => chain(fails), { name: 'request' });
  } catch (error) {
    return error;
  }
  return undefined;
}

test('an error thrown at once, and one thrown after a yield', async () => {
  const atOnce = await failureOf(function* fails(): Co<void> {
    throw new Error('at once');
  });
  expect(stackOf(atOnce)).toMatch(wholeChain);

  let failure: unknown;
  const co = Coroutine.create(() =>
    chain(function* fails(): Co<void> {
      yield* coYield();
      throw new Error('after a yield');
    }),
  );
  co.enter();
  try {
    co.enter();
  } catch (error) {
    failure = error;
  }
  expect(stackOf(failure)).toMatch(wholeChain);
});

test('the frames are the functions, not this package where it starts them', async () => {
  const failure = await failureOf(function* fails(): Co<void> {
    throw new Error('at once');
  });
  expect(stackOf(failure)).not.toMatch(/at \S*Coroutine\.(fails|middle|outer|chain)/);
});

test('the reason of a promise: its own stack first, then where the coroutine waited', async () => {
  function elsewhere(): Error {
    return new Error('elsewhere');
  }
  const reason = elsewhere();
  const before = stackOf(reason);
  const failure = await failureOf(function* fails(): Co<void> {
    yield* coAwait(Promise.reject(reason));
  });
  expect(failure).toBe(reason);
  expect(stackOf(failure)).toMatch(addedChain);
  expect(stackOf(failure).startsWith(before)).toBe(true);
});

test('the reason of a signal', async () => {
  const signal = AbortSignal.abort();
  const failure = await failureOf(function* fails(): Co<void> {
    yield* coSleep(1, undefined, { signal });
  });
  expect(failure).toBe(signal.reason);
  expect(stackOf(failure)).toMatch(/^AbortError: /);
  expect(stackOf(failure)).toMatch(/in coroutine "request":\n *at coSleep .*\n *at fails .*\n *at middle /);
});

test('what the entry of coTimeout throws, and the timeout itself', async () => {
  const clock = new VirtualClock();
  const thrown = await failureOf(function* fails(): Co<void> {
    yield* coTimeout(function* work(): Co<void> {
      throw new Error('of the entry');
    }, 1);
  });
  expect(stackOf(thrown)).toMatch(/at work /);
  expect(stackOf(thrown)).toMatch(addedChain);

  const timeout = failureOf(function* fails(): Co<void> {
    yield* coTimeout(() => coSleep(10, clock), 5, { clock });
  });
  clock.advance(5);
  expect(stackOf(await timeout)).toMatch(wholeChain);
});

test('an error of this package that a coroutine is thrown', async () => {
  const ended = Coroutine.create(function* (): Co<void> {}, 'done');
  ended.enter();
  const failure = await failureOf(function* fails(): Co<void> {
    ended.enter();
  });
  expect(failure).toMatchObject({ code: 'COROUTINE_ENDED' });
  expect(stackOf(failure)).toMatch(wholeChain);
});

test('a chain that is longer than stackTraceLimit is added whole', async () => {
  function* deep(depth: number): Co<void> {
    if (depth > 0) yield* deep(depth - 1);
    else yield* coAwait(Promise.reject(new Error('at the bottom')));
  }
  const failure = await failureOf(() => deep(30));
  const [, added] = stackOf(failure).split('in coroutine');
  expect(added?.match(/at deep /g)).toHaveLength(31);
  expect(Error.stackTraceLimit).toBe(limitAtFirst);
});
