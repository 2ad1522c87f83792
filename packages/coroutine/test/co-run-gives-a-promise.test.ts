import { AioContext, getCurrentAioContext } from '@coaio/aio-context';
import { aioCoWake, type Co, type Coroutine, coRun, coSelf, coYield, inCoroutine } from '@coaio/coroutine';
import { expect, test } from 'vitest';

test('it starts now and resolves with the result', async () => {
  const steps: string[] = [];
  let self: Coroutine | undefined;
  const result = coRun(function* (): Co<number> {
    self = coSelf();
    steps.push('started');
    yield* coYield();
    return 42;
  });
  steps.push('coRun returned');
  expect(steps).toEqual(['started', 'coRun returned']);
  aioCoWake(self!);
  expect(await result).toBe(42);
});

test('what it throws rejects the promise', async () => {
  const failure = new Error('inside');
  const run = coRun(function* (): Co<never> {
    throw failure;
  });
  await expect(run).rejects.toBe(failure);
});

test('inside a coroutine it starts when that one yields', async () => {
  const steps: string[] = [];
  let inner: Promise<string> | undefined;
  await coRun(function* (): Co<void> {
    inner = coRun(function* (): Co<string> {
      steps.push('inner');
      return 'result';
    });
    steps.push('outer');
  });
  expect(await inner).toBe('result');
  expect(steps).toEqual(['outer', 'inner']);
});

test('in another context it starts at its next poll', async () => {
  const context = new AioContext();
  let started = false;
  const run = coRun(
    function* (): Co<unknown> {
      started = true;
      return getCurrentAioContext();
    },
    { context },
  );
  expect(started).toBe(false);
  context.poll();
  expect(started).toBe(true);
  expect(await run).toBe(context);
});

test('a context that takes no work rejects it', async () => {
  const context = new AioContext({ name: 'gone' });
  context.close();
  await expect(coRun(function* (): Co<void> {}, { context })).rejects.toMatchObject({
    code: 'AIO_CONTEXT_CLOSED',
    message: 'schedule: context "gone" is closed',
  });
  expect(inCoroutine()).toBe(false);
});
