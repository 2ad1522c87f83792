import { CoMutex, CoRwlock } from '@coaio/co-mutex';
import { expect, test, vi } from 'vitest';
import { Actor } from './support/actor.js';

const now = vi.spyOn(performance, 'now');

test('a CoMutex knows since when and for what it is held, from lock and from a hand-over', () => {
  const mutex = new CoMutex('requests', { trackHolds: true });
  const [a, b] = [new Actor('a'), new Actor('b')];
  expect(mutex.holds()).toEqual([]);
  now.mockReturnValue(10);
  a.does(() => mutex.lock({ purpose: 'send' }));
  b.does(() => mutex.lock({ purpose: 'flush' }));
  now.mockReturnValue(20);
  expect(mutex.holds()).toEqual([{ holder: a.co, sinceMs: 10, purpose: 'send' }]);
  a.calls(() => mutex.unlock());
  expect(mutex.holds()).toEqual([{ holder: b.co, sinceMs: 20, purpose: 'flush' }]);
  b.calls(() => mutex.unlock());
  expect(mutex.holds()).toEqual([]);
});

test('a CoRwlock knows it of each reader; an upgrade is a new hold, a downgrade the same one', () => {
  const lock = new CoRwlock('disk', { trackHolds: true });
  const [a, b] = [new Actor('a'), new Actor('b')];
  now.mockReturnValue(1);
  a.does(() => lock.rdlock({ purpose: 'copy' }));
  now.mockReturnValue(2);
  b.does(() => lock.rdlock());
  expect(lock.reader.holds()).toEqual([
    { holder: a.co, sinceMs: 1, purpose: 'copy' },
    { holder: b.co, sinceMs: 2, purpose: undefined },
  ]);
  b.calls(() => lock.unlock());
  now.mockReturnValue(3);
  a.does(() => lock.upgrade({ purpose: 'repair' }));
  now.mockReturnValue(4);
  expect(lock.writer.holds()).toEqual([{ holder: a.co, sinceMs: 3, purpose: 'repair' }]);
  a.calls(() => lock.downgrade());
  expect(lock.reader.holds()).toEqual([{ holder: a.co, sinceMs: 3, purpose: 'repair' }]);
});

test('otherwise they know only who holds them, and ask for no time', () => {
  const [mutex, lock] = [new CoMutex(), new CoRwlock()];
  now.mockClear();
  const a = new Actor('a')
    .does(() => mutex.lock({ purpose: 'send' }))
    .does(() => lock.wrlock({ purpose: 'repair' }));
  expect(mutex.holds()).toEqual([{ holder: a.co }]);
  expect(lock.writer.holds()).toEqual([{ holder: a.co }]);
  expect(now).not.toHaveBeenCalled();
});
