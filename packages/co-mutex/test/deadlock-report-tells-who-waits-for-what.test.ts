import { CoMutex, CoRwlock, deadlockReport, formatDeadlockReport } from '@coaio/co-mutex';
import { CoQueue } from '@coaio/co-queue';
import { beforeEach, expect, test, vi } from 'vitest';
import { Actor } from './support/actor.js';

const now = vi.spyOn(performance, 'now');
beforeEach(() => void now.mockReturnValue(0));

test('nothing waits: nothing to tell', () => {
  const report = deadlockReport();
  expect(report).toEqual({ waits: [], circles: [] });
  expect(formatDeadlockReport(report)).toBe('');
});

test('each wait with its kind, purpose and time, and with who holds what it waits for', () => {
  const mutex = new CoMutex('requests', { trackHolds: true });
  const lock = new CoRwlock('disk');
  const queue = new CoQueue('answers');
  now.mockReturnValue(100);
  const a = new Actor('a').does(() => mutex.lock({ purpose: 'send' })).does(() => lock.rdlock());
  now.mockReturnValue(110);
  const b = new Actor('b').does(() => mutex.lock({ purpose: 'flush' }));
  new Actor('r').does(() => lock.rdlock());
  const w = new Actor('w').does(() => lock.wrlock({ purpose: 'resize' }));
  now.mockReturnValue(120);
  const q = new Actor('q').does(() => queue.wait(undefined, { purpose: 'read' }));
  now.mockReturnValue(125);
  const report = deadlockReport();
  expect(report).toEqual({
    waits: [
      {
        coroutine: 'b',
        waitsFor: 'requests',
        kind: 'CoMutex',
        purpose: 'flush',
        forMs: 15,
        holders: [{ name: 'a', forMs: 25, purpose: 'send' }],
      },
      {
        coroutine: 'w',
        waitsFor: 'disk',
        kind: 'CoRwlock',
        mode: 'write',
        purpose: 'resize',
        forMs: 15,
        holders: [{ name: 'a' }, { name: 'r' }],
      },
      { coroutine: 'q', waitsFor: 'answers', kind: 'CoQueue', purpose: 'read', forMs: 5, holders: [] },
    ],
    circles: [],
  });
  expect(structuredClone(report)).toEqual(report);
  expect(formatDeadlockReport(report).split('\n')).toEqual([
    '"b" waits 15 ms for CoMutex "requests" (flush), held by "a" (send) for 25 ms',
    '"w" waits 15 ms for CoRwlock "disk" to write (resize), held by "a", "r"',
    '"q" waits 5 ms for CoQueue "answers" (read)',
  ]);
  queue.enterNext();
  expect(q.waits).toBe(false);
  a.calls(() => mutex.unlock());
  expect(b.waits).toBe(false);
  expect(deadlockReport().waits.map(({ coroutine }) => coroutine)).toEqual([w.co.name]);
});

test('the circles come first as text; one that was granted the lock is told so', () => {
  const report = {
    circles: [['a', 'b'], ['c']],
    waits: [
      {
        coroutine: 'd',
        waitsFor: 'one',
        kind: 'CoMutex',
        forMs: 1.6,
        holders: [{ name: 'd', granted: true as const }],
      },
    ],
  };
  expect(formatDeadlockReport(report).split('\n')).toEqual([
    'circle: "a" -> "b" -> "a"',
    'circle: "c" -> "c"',
    '"d" waits 2 ms for CoMutex "one", held by "d", which has not run since',
  ]);
});

test('a reader that waits, and an upgrade are told with how they want the lock', () => {
  const lock = new CoRwlock();
  new Actor('a').does(() => lock.rdlock()).does(() => lock.upgrade());
  const b = new Actor('b').does(() => lock.rdlock());
  expect(deadlockReport().waits.at(-1)).toMatchObject({
    coroutine: 'b',
    mode: 'read',
    holders: [{ name: 'a' }],
  });
  const other = new CoRwlock();
  new Actor('c').does(() => other.rdlock());
  new Actor('d').does(() => other.rdlock()).does(() => other.upgrade({ purpose: 'repair' }));
  expect(deadlockReport().waits.at(-1)).toMatchObject({
    coroutine: 'd',
    mode: 'write',
    purpose: 'repair',
    holders: [{ name: 'c' }],
  });
  expect(b.waits).toBe(true);
});
