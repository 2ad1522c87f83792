import { createHash } from 'node:crypto';
import { AioContext, getCurrentAioContext } from '@coaio/aio-context';
import { type Co, coAwait, coRun, coSelf, coSleep } from '@coaio/coroutine';
import { Piscina } from 'piscina';
import { afterAll, expect, test } from 'vitest';

const pool = new Piscina({
  filename: new URL('./workers/pool-task.mjs', import.meta.url).href,
  maxThreads: 2,
});
afterAll(() => pool.destroy());

/** QEMU's `thread_pool_submit_co`: the pool is a library's, the wait is ours. */
function submitCo(block: Uint8Array): Co<string> {
  return coAwait(pool.run(block, { name: 'digest' }) as Promise<string>);
}

test('coroutines of two contexts each go on in their own, with the result', async () => {
  const contexts = [new AioContext({ name: 'first' }), new AioContext({ name: 'second' })];
  const results = await Promise.all(
    contexts.map((context, index) =>
      coRun(
        function* (): Co<unknown[]> {
          const seen = [];
          for (let i = 0; i < 3; i++) {
            seen.push(yield* submitCo(Uint8Array.of(index, i)), getCurrentAioContext(), coSelf().context);
          }
          return seen;
        },
        { context },
      ),
    ),
  );
  const digest = (...bytes: number[]): string =>
    createHash('sha256').update(Uint8Array.from(bytes)).digest('hex');
  expect(results).toEqual(
    contexts.map((context, index) => [0, 1, 2].flatMap((i) => [digest(index, i), context, context])),
  );
});

test('other coroutines of the context run meanwhile', async () => {
  const order: string[] = [];
  await Promise.all([
    coRun(function* (): Co<void> {
      yield* submitCo(new Uint8Array(4 << 20));
      order.push('pool');
    }),
    coRun(function* (): Co<void> {
      order.push('meanwhile');
      yield* coSleep(0);
    }),
  ]);
  expect(order).toEqual(['meanwhile', 'pool']);
});

test('what the work throws is thrown in the coroutine', async () => {
  const outcome = await coRun(function* (): Co<unknown> {
    try {
      return yield* submitCo(new Uint8Array(0));
    } catch (error) {
      return [(error as Error).message, getCurrentAioContext()?.name];
    }
  });
  expect(outcome).toEqual(['nothing to hash', 'main']);
});
