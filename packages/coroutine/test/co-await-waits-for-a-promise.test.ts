import { AioContext, getCurrentAioContext } from '@coaio/aio-context';
import { type Co, Coroutine, coAwait, coRun } from '@coaio/coroutine';
import { expect, test } from 'vitest';

test('it returns the value, settled later or already', async () => {
  const { promise, resolve } = withResolvers<string>();
  let waits = false;
  const run = coRun(function* (): Co<string[]> {
    waits = true;
    const later = yield* coAwait(promise);
    return [later, yield* coAwait(Promise.resolve('already'))];
  });
  expect(waits).toBe(true);
  resolve('later');
  expect(await run).toEqual(['later', 'already']);
});

test('it throws the reason, where the coroutine can catch it', async () => {
  const failure = new Error('reason');
  const caught = await coRun(function* (): Co<unknown> {
    try {
      yield* coAwait(Promise.reject(failure));
    } catch (error) {
      return error;
    }
    return 'nothing was thrown';
  });
  expect(caught).toBe(failure);
  const reason: unknown = undefined;
  await expect(coRun(() => coAwait(Promise.reject(reason)))).rejects.toBe(undefined);
});

test('the coroutine goes on in its own context', async () => {
  const context = new AioContext();
  const run = coRun(
    function* (): Co<unknown> {
      yield* coAwait(Promise.resolve());
      return getCurrentAioContext();
    },
    { context },
  );
  expect(await run).toBe(context);
});

test('entered by somebody else meanwhile, it goes on waiting', async () => {
  const { promise, resolve } = withResolvers<string>();
  const seen: string[] = [];
  const co = Coroutine.create(function* (): Co<void> {
    seen.push(yield* coAwait(promise));
  });
  co.enter();
  co.enter();
  expect(co.state).toBe('yielded');
  resolve('value');
  await promise;
  expect(seen).toEqual(['value']);
});

function withResolvers<T>() {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
