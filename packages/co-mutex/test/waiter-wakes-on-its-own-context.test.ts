import { AioContext, getCurrentAioContext } from '@coaio/aio-context';
import { CoMutex } from '@coaio/co-mutex';
import { aioCoSchedule, type Co, Coroutine } from '@coaio/coroutine';
import { expect, test } from 'vitest';
import { criticalSection } from './support/critical-section.js';

function logsItsContext(mutex: CoMutex, log: string[]): Coroutine {
  return Coroutine.create(function* (): Co<void> {
    yield* mutex.lock();
    log.push(`locked in ${getCurrentAioContext()?.name}`);
    mutex.unlock();
  });
}

test('a waiter of another context goes on there, at its next poll', () => {
  const [a, b] = [new AioContext({ name: 'a' }), new AioContext({ name: 'b' })];
  const mutex = new CoMutex();
  const log: string[] = [];
  const holder = criticalSection(mutex, 'holder', [], a);
  const waiter = logsItsContext(mutex, log);
  waiter.enter(b);
  holder.enter(a);
  expect(mutex.holder).toBe(waiter);
  expect(a.poll()).toBe(false);
  expect(log).toEqual([]);
  expect(b.poll()).toBe(true);
  expect(log).toEqual(['locked in b']);
});

test('a waiter of the same context goes on when the unlocker yields', () => {
  const context = new AioContext({ name: 'same' });
  const mutex = new CoMutex();
  const log: string[] = [];
  const holder = criticalSection(mutex, 'holder', log, context);
  logsItsContext(mutex, log).enter(context);
  holder.enter(context);
  expect(log).toEqual(['holder has it', 'holder unlocked', 'locked in same']);
});

test('a waiter that is being moved goes on where it is moved to', () => {
  const [a, b] = [new AioContext({ name: 'a' }), new AioContext({ name: 'b' })];
  const mutex = new CoMutex();
  const log: string[] = [];
  const holder = criticalSection(mutex, 'holder', log, a);
  const waiter = logsItsContext(mutex, log);
  waiter.enter(a);
  aioCoSchedule(b, waiter);
  holder.enter(a);
  expect(log).toEqual(['holder has it', 'holder unlocked']);
  b.poll();
  expect(log.slice(2)).toEqual(['locked in b']);
});
