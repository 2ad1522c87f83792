import { CoRwlock } from '@coaio/co-mutex';
import { expect, test } from 'vitest';
import { type Actor, actors } from './support/actor.js';

function refused(code: string, message: string) {
  return { name: 'CoRwlockError', code, message };
}

test('unlock, upgrade and downgrade by one that does not hold it', () => {
  const lock = new CoRwlock('disk');
  const [thief, ...readers] = actors('tabcde') as [Actor, Actor, Actor, Actor, Actor, Actor];
  const unlock = () => thief.calls(() => lock.unlock()).thrown;
  const notHolder = (operation: string, who: string) =>
    refused('CO_RWLOCK_NOT_HOLDER', `${operation} "disk": "t" called, ${who}`);
  expect(unlock()).toMatchObject(notHolder('unlock', 'nobody holds it'));
  readers[0]!.does(() => lock.wrlock());
  expect(unlock()).toMatchObject(notHolder('unlock', '"a" holds it for writing'));
  readers[0]!.calls(() => lock.downgrade());
  expect(unlock()).toMatchObject(notHolder('unlock', '"a" holds it for reading'));
  readers[1]!.does(() => lock.rdlock());
  expect(thief.does(() => lock.upgrade()).thrown).toMatchObject(
    notHolder('upgrade', '"a", "b" hold it for reading'),
  );
  readers[2]!.does(() => lock.rdlock());
  expect(unlock()).toMatchObject(notHolder('unlock', '"a", "b", "c" hold it for reading'));
  for (const reader of readers.slice(3)) reader.does(() => lock.rdlock());
  expect(thief.calls(() => lock.downgrade()).thrown).toMatchObject(
    notHolder('downgrade', '"a", "b", "c" and 2 more hold it for reading'),
  );
  expect(lock.holders()).toEqual(readers.map(({ co }) => co));
});

test('asking for what the caller holds already, in either way', () => {
  const lock = new CoRwlock('disk');
  const [a] = actors('a') as [Actor];
  for (const [take, mode] of [
    [() => lock.rdlock(), 'reading'],
    [() => lock.wrlock(), 'writing'],
  ] as const) {
    a.does(take);
    for (const verb of ['rdlock', 'wrlock'] as const) {
      expect(a.does(() => lock[verb]()).thrown).toMatchObject(
        refused('CO_RWLOCK_RECURSIVE', `${verb} "disk": "a" holds it for ${mode} already`),
      );
    }
    a.calls(() => lock.unlock());
    expect([a.thrown, a.co.locksHeld]).toEqual([undefined, 0]);
  }
});

test('upgrade by the writer, downgrade by a reader, a side that does not fit', () => {
  const lock = new CoRwlock('disk');
  const [a] = actors('a') as [Actor];
  const wrong = (operation: string, held: string, wanted: string) =>
    refused('CO_RWLOCK_WRONG_MODE', `${operation} "disk": "a" holds it for ${held}, not for ${wanted}`);
  a.does(() => lock.rdlock());
  expect(a.calls(() => lock.downgrade()).thrown).toMatchObject(wrong('downgrade', 'reading', 'writing'));
  expect(a.calls(() => lock.writer.unlock()).thrown).toMatchObject(wrong('unlock', 'reading', 'writing'));
  a.does(() => lock.upgrade());
  expect(a.does(() => lock.upgrade()).thrown).toMatchObject(wrong('upgrade', 'writing', 'reading'));
  expect(a.calls(() => lock.reader.unlock()).thrown).toMatchObject(wrong('unlock', 'writing', 'reading'));
  expect(lock.holders()).toEqual([a.co]);
});

test('any of them outside a coroutine', () => {
  const lock = new CoRwlock();
  for (const [operation, call] of [
    ['rdlock', () => lock.rdlock().next()],
    ['wrlock', () => lock.wrlock().next()],
    ['unlock', () => lock.unlock()],
    ['unlock', () => lock.reader.unlock()],
    ['upgrade', () => lock.upgrade().next()],
    ['downgrade', () => lock.downgrade()],
  ] as const) {
    expect(call).toThrow(
      expect.objectContaining({
        code: 'CO_RWLOCK_OUTSIDE_COROUTINE',
        message: `${operation} "co-rwlock": called outside a coroutine`,
      }),
    );
  }
});
