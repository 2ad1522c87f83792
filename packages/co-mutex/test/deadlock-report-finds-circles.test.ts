import { CoMutex, CoRwlock, deadlockReport } from '@coaio/co-mutex';
import { beginWait, coSelf, coYield, endWait } from '@coaio/coroutine';
import { afterEach, expect, test } from 'vitest';
import { Actor, actors } from './support/actor.js';

const abort = { controller: new AbortController() };

/** Ends the waits of the test. */
afterEach(() => {
  abort.controller.abort();
  abort.controller = new AbortController();
});

function options() {
  return { signal: abort.controller.signal };
}

test('two that hold what the other waits for', () => {
  const [one, two] = [new CoMutex('one'), new CoMutex('two')];
  const [a, b] = actors('ab') as [Actor, Actor];
  a.does(() => one.lock());
  b.does(() => two.lock());
  a.does(() => two.lock(options()));
  expect(deadlockReport().circles).toEqual([]);
  b.does(() => one.lock(options()));
  expect(deadlockReport().circles).toEqual([['a', 'b']]);
});

test('a circle of three, with others that only wait for it', () => {
  const locks = [new CoMutex('0'), new CoMutex('1'), new CoMutex('2')];
  const all = actors('abcxy') as [Actor, Actor, Actor, Actor, Actor];
  for (const [at, lock] of locks.entries()) all[at]!.does(() => lock.lock());
  for (const at of locks.keys()) all[at]!.does(() => locks[(at + 1) % 3]!.lock(options()));
  for (const at of [3, 4]) all[at]!.does(() => locks[0]!.lock(options()));
  expect(deadlockReport().circles).toEqual([['a', 'b', 'c']]);
  expect(deadlockReport().waits).toHaveLength(5);
});

test('every reader of a CoRwlock is waited for', () => {
  const [lock, mutex] = [new CoRwlock('disk'), new CoMutex('log')];
  const [a, b, w] = actors('abw') as [Actor, Actor, Actor];
  a.does(() => lock.rdlock());
  b.does(() => lock.rdlock());
  w.does(() => mutex.lock()).does(() => lock.wrlock(options()));
  expect(deadlockReport().circles).toEqual([]);
  b.does(() => mutex.lock(options()));
  expect(deadlockReport().circles).toEqual([['w', 'b']]);
});

test('two ways to the same holder are no circle', () => {
  const [lock, mutex] = [new CoRwlock('disk'), new CoMutex('log')];
  const [a, b, w, p] = actors('abwp') as [Actor, Actor, Actor, Actor];
  p.does(() => mutex.lock());
  a.does(() => lock.rdlock());
  b.does(() => lock.rdlock());
  w.does(() => lock.wrlock(options()));
  a.does(() => mutex.lock(options()));
  b.does(() => mutex.lock(options()));
  expect(deadlockReport()).toMatchObject({ waits: [{}, {}, {}], circles: [] });
});

test('separate circles are found separately', () => {
  for (const names of ['ab', 'cd']) {
    const locks = [new CoMutex(), new CoMutex()] as const;
    const [first, second] = actors(names) as [Actor, Actor];
    first.does(() => locks[0].lock());
    second.does(() => locks[1].lock()).does(() => locks[0].lock(options()));
    first.does(() => locks[1].lock(options()));
  }
  expect(deadlockReport().circles).toEqual([
    ['b', 'a'],
    ['d', 'c'],
  ]);
});

test('one that was handed the lock and has not run since waits for nobody', () => {
  const mutex = new CoMutex();
  const [holder, heir] = actors('ab') as [Actor, Actor];
  let seen: unknown;
  holder.does(() => mutex.lock());
  heir.does(() => mutex.lock());
  holder.calls(() => {
    mutex.unlock();
    seen = deadlockReport();
  });
  expect(seen).toMatchObject({
    waits: [{ coroutine: 'b', holders: [{ name: 'b', granted: true }] }],
    circles: [],
  });
});

test('what waits for something of its own makes a circle too; without holders it is only listed', () => {
  const mutex = new CoMutex('mutex');
  const [a, b] = actors('ab') as [Actor, Actor];
  const others = { kind: 'Answer', name: 'reply', holders: () => [b.co] };
  a.does(() => mutex.lock()).does(function* () {
    beginWait(coSelf(), others);
    yield* coYield();
    endWait(coSelf());
  });
  b.does(() => mutex.lock(options()));
  expect(deadlockReport()).toMatchObject({
    waits: [
      { coroutine: 'a', kind: 'Answer', waitsFor: 'reply', holders: [{ name: 'b' }] },
      { coroutine: 'b', kind: 'CoMutex', waitsFor: 'mutex', holders: [{ name: 'a' }] },
    ],
    circles: [['a', 'b']],
  });
  Object.assign(others, { holders: undefined });
  expect(deadlockReport()).toMatchObject({ waits: [{ holders: [] }, {}], circles: [] });
  a.co.enter();
});

test('a line of 10,000 is looked through, and its circle found', () => {
  const count = 10_000;
  const locks = Array.from({ length: count }, (_, at) => new CoMutex(`${at}`));
  const all = locks.map((lock, at) => new Actor(`${at}`).does(() => lock.lock()));
  for (const at of locks.keys()) if (at > 0) all[at - 1]!.does(() => locks[at]!.lock(options()));
  expect(deadlockReport().circles).toEqual([]);
  all.at(-1)!.does(() => locks[0]!.lock(options()));
  expect(deadlockReport().circles.map((circle) => circle.length)).toEqual([count]);
});
