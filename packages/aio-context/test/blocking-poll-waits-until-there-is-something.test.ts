import { AioContext, hostClock, realtimeClock, VirtualClock } from '@coaio/aio-context';
import { DEATHS, HEADER, joinThreads, tellRunningCoroutine, wordsOf } from '@coaio/aio-context/shared';
import { blockUntil, sharedWords } from '@coaio/real-threads';
import { expect, test } from 'vitest';
import { startIOThread } from './support/io-thread.js';
import { refusalOf } from './support/refusal.js';
import { waitsOf } from './support/waits-of.js';

const wakers = new URL('./workers/wakes-a-blocked-thread.mjs', import.meta.url);

// First, while this thread shares nothing with others.
test('nothing could end the wait: refused, a second time too', () => {
  const context = new AioContext({ name: 'alone' });
  const refusal = {
    code: 'AIO_BLOCKED_FOREVER',
    message: 'poll: "alone" has no timer, and no other thread has a handle of anything here',
  };
  expect(refusalOf(() => context.poll(true))).toEqual(refusal);
  context.createTimer(() => {}).mod(0);
  expect(context.poll(true)).toBe(true);
  expect(refusalOf(() => context.poll(true))).toEqual(refusal);
});

test.each([
  ['realtime', realtimeClock],
  ['host', hostClock],
])('a timer ends it, not before its time: %s', (_, clock) => {
  const context = new AioContext();
  const deadline = clock.nowNs() + 3e6;
  let ranAt = 0;
  context
    .createTimer(() => {
      ranAt = clock.nowNs();
    }, clock)
    .mod(deadline);
  while (!context.poll(true));
  expect(ranAt).toBeGreaterThanOrEqual(deadline);
});

test('a virtual clock stands still meanwhile: its timers end no wait', () => {
  const context = new AioContext({ name: 'alone' });
  const clock = new VirtualClock();
  context.createTimer(() => expect.unreachable(), clock).mod(10);
  expect(refusalOf(() => context.poll(true))).toMatchObject({ code: 'AIO_BLOCKED_FOREVER' });
});

test('an idle bottom half ends it after 10 ms, and is no progress', () => {
  const context = new AioContext();
  let runs = 0;
  const keepsItself = context.createBottomHalf(() => {
    if (++runs < 2) keepsItself.scheduleIdle();
  });
  keepsItself.scheduleIdle();
  expect(waitsOf(() => expect(context.poll(true)).toBe(false))).toEqual([10]);
  expect(runs).toBe(1);
  expect(waitsOf(() => expect(context.poll(true)).toBe(false))).toEqual([10]);
  expect(runs).toBe(2);
});

test('what an idle bottom half has scheduled is not waited for', () => {
  const context = new AioContext();
  let runs = 0;
  context.createBottomHalf(() => context.scheduleOneshot(() => runs++)).scheduleIdle();
  expect(context.poll(true)).toBe(false);
  expect(waitsOf(() => expect(context.poll(true)).toBe(true))).toEqual([]);
  expect(runs).toBe(1);
});

test('with something to run it does not wait, and runs bottom halves before timers', () => {
  const context = new AioContext();
  const order: string[] = [];
  const arm = () => context.createTimer(() => order.push('timer'), new VirtualClock()).mod(0);
  arm();
  context.scheduleOneshot(() => order.push('bottom half'));
  expect(waitsOf(() => expect(context.poll(true)).toBe(true))).toEqual([]);
  expect(order).toEqual(['bottom half', 'timer']);
  arm();
  expect(waitsOf(() => expect(context.poll(true)).toBe(true))).toEqual([]);
  expect(order).toEqual(['bottom half', 'timer', 'timer']);
});

test('in a coroutine it is refused', () => {
  const context = new AioContext();
  tellRunningCoroutine(() => 'reader');
  try {
    for (const blocking of [true, false]) {
      expect(refusalOf(() => context.poll(blocking))).toEqual({
        code: 'AIO_POLL_IN_COROUTINE',
        message: 'poll: called in coroutine "reader", which would stop',
      });
    }
  } finally {
    tellRunningCoroutine(() => undefined);
  }
  expect(context.poll()).toBe(false);
});

test('another thread ends it with a bottom half', async () => {
  const thread = await startIOThread();
  await thread.run(wakers, 'ready');
  const context = new AioContext();
  let runs = 0;
  const ended = thread.run(wakers, 'schedulesOnceItSleeps', context.createBottomHalf(() => runs++).handle);
  while (runs === 0) context.poll(true);
  await ended;
  expect(runs).toBe(1);
});

test('with a notify: then there is no progress', async () => {
  const thread = await startIOThread();
  await thread.run(wakers, 'ready');
  const context = new AioContext();
  const ended = thread.run(wakers, 'notifiesOnceItSleeps', context.handle);
  expect(context.poll(true)).toBe(false);
  await ended;
});

test('with its end', async () => {
  const thread = await startIOThread();
  await thread.run(wakers, 'ready');
  const context = new AioContext();
  const ended = thread.run(wakers, 'exitsOnceItSleeps', context.handle).catch(() => {});
  expect(context.poll(true)).toBe(false);
  await ended;
});

test('in a callback, with another context than the one that is dispatched', async () => {
  const thread = await startIOThread();
  await thread.run(wakers, 'ready');
  const [outer, inner] = [new AioContext({ name: 'outer' }), new AioContext({ name: 'inner' })];
  const order: string[] = [];
  const { handle } = inner.createBottomHalf(() => order.push('inner'));
  outer.scheduleOneshot(() => {
    void thread.run(wakers, 'schedulesOnceItSleeps', handle);
    while (order.length === 0) inner.poll(true);
    order.push('outer');
  });
  outer.poll();
  expect(order).toEqual(['inner', 'outer']);
});

test('a notify that came before it slept ends it too', async () => {
  const thread = await startIOThread();
  const context = new AioContext();
  await thread.run(wakers, 'ready');
  const notified = sharedWords();
  context.scheduleOneshot(() => {
    void thread.run(wakers, 'notifiesAndTells', context.handle, notified);
    blockUntil(notified);
    expect(waitsOf(() => context.poll(true))).toEqual([]);
  });
  context.poll();
});

test('a thread that others know sleeps as well until its timer', () => {
  const context = new AioContext();
  void context.handle;
  const timer = context.createTimer(() => {});
  timer.mod(timer.clock.nowNs() + 5e6);
  const waitsMs = waitsOf(() => context.poll(true));
  expect(waitsMs).toEqual([expect.any(Number)]);
  expect(waitsMs[0]).toBeGreaterThan(0);
  timer.del();
});

test('so does a thread that ended before', async () => {
  const thread = await startIOThread();
  await thread.run(wakers, 'ready');
  const context = new AioContext();
  const deaths = wordsOf(HEADER) + DEATHS;
  context.scheduleOneshot(() => {
    const { words } = joinThreads();
    const before = Atomics.load(words, deaths);
    thread.run(wakers, 'exits').catch(() => {});
    while (Atomics.load(words, deaths) === before);
    expect(waitsOf(() => context.poll(true))).toEqual([]);
  });
  context.poll();
});
