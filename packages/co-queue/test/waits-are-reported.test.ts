import { getMainAioContext } from '@coaio/aio-context';
import { CoQueue } from '@coaio/co-queue';
import { type Co, Coroutine, coWaits } from '@coaio/coroutine';
import { expect, test } from 'vitest';

const main = getMainAioContext();

function reported(): unknown[] {
  return coWaits().map(({ coroutine, on, purpose }) => [coroutine.name, on.kind, on.name, purpose]);
}

test('a wait is shown from when it yields until it goes on, with its purpose', () => {
  const queue = new CoQueue('answers');
  const reader = Coroutine.create(function* (): Co<void> {
    yield* queue.wait(undefined, { purpose: 'read an answer' });
    yield* queue.wait();
  }, 'reader');
  reader.enter();
  expect(reported()).toEqual([['reader', 'CoQueue', 'answers', 'read an answer']]);
  queue.next();
  main.poll();
  expect(reported()).toEqual([['reader', 'CoQueue', 'answers', undefined]]);
  queue.enterNext();
  expect(reported()).toEqual([]);
});

test('an abandoned wait is not shown any more; a queue has a name without being given one', () => {
  const queue = new CoQueue();
  const abort = new AbortController();
  const seen: unknown[] = [];
  Coroutine.create(function* waiter(): Co<void> {
    try {
      yield* queue.wait(undefined, { signal: abort.signal });
    } catch {
      seen.push(...reported());
    }
  }).enter();
  expect(reported()).toEqual([['waiter', 'CoQueue', 'co-queue', undefined]]);
  abort.abort();
  expect(seen).toEqual([]);
});
