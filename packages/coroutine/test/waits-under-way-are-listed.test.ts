import { VirtualClock } from '@coaio/aio-context';
import {
  beginWait,
  type Co,
  Coroutine,
  CoSleep,
  coSelf,
  coWaits,
  coYield,
  endWait,
  SharedResource,
} from '@coaio/coroutine';
import { expect, test } from 'vitest';

function listed(): string[] {
  return coWaits().map(({ coroutine, on, purpose }) => `${coroutine.name}: ${on.kind} ${on.name} ${purpose}`);
}

test('the oldest first, from its begin to its end', () => {
  const clock = new VirtualClock();
  const sleep = new CoSleep('backoff');
  const resource = new SharedResource(1, { name: 'bytes' });
  resource.tryGet(1);
  Coroutine.create(function* sleeper(): Co<void> {
    yield* sleep.sleep(10, clock);
  }).enter();
  Coroutine.create(function* taker(): Co<void> {
    yield* resource.get(1, { purpose: 'read 4096' });
  }).enter();
  expect(listed()).toEqual(['sleeper: CoSleep backoff undefined', 'taker: SharedResource bytes read 4096']);
  clock.advance(10);
  expect(listed()).toEqual(['taker: SharedResource bytes read 4096']);
  resource.put(1);
  expect(listed()).toEqual([]);
});

test('a wait of another package, with what only it knows', () => {
  const mine = { kind: 'Barrier', name: 'start' };
  const co = Coroutine.create(function* waiter(): Co<void> {
    beginWait(coSelf(), mine, 'go');
    yield* coYield();
    endWait(coSelf());
  });
  const before = performance.now();
  co.enter();
  expect(coWaits()).toEqual([{ coroutine: co, on: mine, purpose: 'go', sinceMs: expect.any(Number) }]);
  expect(coWaits()[0]?.on).toBe(mine);
  expect(coWaits()[0]?.sinceMs).toBeGreaterThanOrEqual(before);
  co.enter();
  expect(coWaits()).toEqual([]);
});
