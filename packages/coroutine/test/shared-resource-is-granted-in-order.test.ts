import { AioContext } from '@coaio/aio-context';
import { type Co, Coroutine, SharedResource } from '@coaio/coroutine';
import { expect, test } from 'vitest';
import { collectUncaught } from './support/collect-uncaught.js';

function asks(resource: SharedResource, amount: number, log: string[], context?: AioContext): Coroutine {
  const co = Coroutine.create(function* (): Co<void> {
    yield* resource.get(amount);
    log.push(`got ${amount}`);
  });
  co.enter(context);
  return co;
}

test('what is there is taken without a yield', () => {
  const resource = new SharedResource(10);
  const log: string[] = [];
  expect(asks(resource, 4, log).state).toBe('ended');
  expect(asks(resource, 6, log).state).toBe('ended');
  expect(resource.available).toBe(0);
  expect(asks(resource, 1, log).state).toBe('yielded');
});

test('a small request does not overtake a large one, nor does tryGet', () => {
  const resource = new SharedResource(10);
  const log: string[] = [];
  resource.tryGet(6);
  asks(resource, 8, log);
  asks(resource, 1, log);
  expect(resource.tryGet(1)).toBe(false);
  resource.put(3);
  expect([log, resource.available]).toEqual([[], 7]);
  resource.put(3);
  expect([log, resource.available]).toEqual([['got 8', 'got 1'], 1]);
  expect(resource.tryGet(1)).toBe(true);
});

test('when a large one is given up, those behind it go on', () => {
  const resource = new SharedResource(10);
  const log: string[] = [];
  resource.tryGet(6);
  const controller = new AbortController();
  Coroutine.create(function* (): Co<void> {
    try {
      yield* resource.get(8, { signal: controller.signal });
    } catch (error) {
      log.push(String(error));
    }
  }).enter();
  asks(resource, 3, log);
  asks(resource, 2, log);
  controller.abort('given up');
  expect([log, resource.available]).toEqual([['given up', 'got 3'], 1]);
});

test('each is woken in its own context, and holds its share before it runs', () => {
  const resource = new SharedResource(2);
  const context = new AioContext();
  const log: string[] = [];
  resource.tryGet(2);
  asks(resource, 2, log, context);
  resource.put(2);
  expect([log, resource.available, resource.tryGet(1)]).toEqual([[], 0, false]);
  context.poll();
  expect(log).toEqual(['got 2']);
});

test('what a woken one throws keeps nobody from going on, and is uncaught', async () => {
  const uncaught = collectUncaught();
  const failure = new Error('of a woken one');
  const resource = new SharedResource(2);
  const log: string[] = [];
  resource.tryGet(2);
  Coroutine.create(function* (): Co<void> {
    yield* resource.get(1);
    throw failure;
  }).enter();
  asks(resource, 1, log);
  resource.put(2);
  expect(log).toEqual(['got 1']);
  await Promise.resolve();
  expect(uncaught).toEqual([failure]);
});
