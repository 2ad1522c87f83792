import { getEventListeners } from 'node:events';
import { VirtualClock } from '@coaio/aio-context';
import {
  type Co,
  Coroutine,
  CoSleep,
  coAwait,
  coSleep,
  coTimeout,
  coWaits,
  coYield,
  SharedResource,
} from '@coaio/coroutine';
import { expect, test } from 'vitest';

/** How each wait ends, and what it left behind. */
function wait(body: (signal: AbortSignal) => Co<unknown>) {
  const controller = new AbortController();
  const outcome: unknown[] = [];
  const coroutine = Coroutine.create(function* (): Co<void> {
    try {
      outcome.push(yield* body(controller.signal));
    } catch (error) {
      outcome.push(error);
    }
  });
  coroutine.enter();
  const listeners = () => getEventListeners(controller.signal, 'abort').length;
  return { controller, outcome, coroutine, listeners };
}

const clock = new VirtualClock();
const empty = new SharedResource(1);
empty.tryGet(1);
function* never(): Co<void> {
  for (;;) yield* coYield();
}

const waits: [string, (signal: AbortSignal) => Co<unknown>][] = [
  ['coSleep', (signal) => coSleep(100, clock, { signal })],
  ['CoSleep.sleep', (signal) => new CoSleep().sleep(100, clock, { signal })],
  ['CoSleep.sleep without an end', (signal) => new CoSleep().sleep(undefined, undefined, { signal })],
  ['coAwait', (signal) => coAwait(new Promise(() => {}), { signal })],
  ['coTimeout', (signal) => coTimeout(never, 100, { clock, signal })],
  ['coTimeout without a limit', (signal) => coTimeout(never, 0, { clock, signal })],
  ['SharedResource.get', (signal) => empty.get(1, { signal })],
];

test.each(waits)('%s', (_name, body) => {
  const reason = { why: 'no longer wanted' };
  const { controller, outcome, coroutine, listeners } = wait(body);
  expect([coroutine.state, listeners()]).toEqual(['yielded', 1]);
  controller.abort(reason);
  expect(outcome).toEqual([reason]);
  expect(outcome[0]).toBe(reason);
  expect(listeners()).toBe(0);
  expect(coWaits()).toEqual([]);
});

test.each(waits)('%s: one that has aborted already does not wait', (_name, body) => {
  const aborted = AbortSignal.abort('before');
  const { outcome } = wait(() => body(aborted));
  expect(outcome).toEqual(['before']);
});

test.each(waits)('%s: entered by somebody else it goes on waiting', (_name, body) => {
  const { coroutine, outcome, controller } = wait(body);
  coroutine.enter();
  expect([coroutine.state, outcome]).toEqual(['yielded', []]);
  controller.abort('end');
  expect(outcome).toEqual(['end']);
});

test.each<[string, (signal: AbortSignal) => Co<unknown>]>([
  ['coSleep', (signal) => coSleep(10, clock, { signal })],
  ['coTimeout', (signal) => coTimeout(() => coSleep(10, clock), 100, { clock, signal })],
])('%s: a wait that ends by itself takes its listener back', (_name, body) => {
  const { controller, outcome, listeners } = wait(body);
  expect(listeners()).toBe(1);
  clock.advance(10);
  expect([outcome, listeners()]).toEqual([[undefined], 0]);
  controller.abort();
});

test('so does one that its promise or another coroutine ends', async () => {
  const awaits = wait((signal) => coAwait(Promise.resolve('value'), { signal }));
  const sleep = new CoSleep();
  const sleeps = wait((signal) => sleep.sleep(undefined, undefined, { signal }));
  const resource = new SharedResource(1);
  resource.tryGet(1);
  const gets = wait((signal) => resource.get(1, { signal }));
  expect([awaits, sleeps, gets].map(({ listeners }) => listeners())).toEqual([1, 1, 1]);
  await new Promise(setImmediate);
  sleep.wake();
  resource.put(1);
  expect([awaits, sleeps, gets].map(({ outcome }) => outcome)).toEqual([['value'], [undefined], [undefined]]);
  expect([awaits, sleeps, gets].map(({ listeners }) => listeners())).toEqual([0, 0, 0]);
});

test('an aborted coTimeout leaves its entry to clean, as a timeout does', () => {
  const cleaned: unknown[] = [];
  function* work(): Co<string> {
    yield* coSleep(10, clock);
    return 'late';
  }
  const { controller, outcome } = wait((signal) =>
    coTimeout(work, 100, { clock, signal, clean: (end) => cleaned.push(end) }),
  );
  controller.abort('stop');
  expect([outcome, cleaned]).toEqual([['stop'], []]);
  clock.advance(10);
  expect(cleaned).toEqual([{ status: 'fulfilled', value: 'late' }]);
});
