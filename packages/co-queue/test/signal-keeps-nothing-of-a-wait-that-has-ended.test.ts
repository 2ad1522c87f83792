import { getEventListeners } from 'node:events';
import { CoQueue } from '@coaio/co-queue';
import { Coroutine } from '@coaio/coroutine';
import { expect, test } from 'vitest';

test('woken, it no longer listens to the signal', () => {
  const queue = new CoQueue();
  const { signal } = new AbortController();
  Coroutine.create(() => queue.wait(undefined, { signal })).enter();
  expect(getEventListeners(signal, 'abort')).toHaveLength(1);
  queue.enterNext();
  expect(getEventListeners(signal, 'abort')).toHaveLength(0);
});
