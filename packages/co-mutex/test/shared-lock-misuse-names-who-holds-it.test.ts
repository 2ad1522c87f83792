import { type CoMutexErrorCode, SharedCoMutex } from '@coaio/co-mutex';
import { type Co, Coroutine, coRun } from '@coaio/coroutine';
import { expect, test } from 'vitest';
import { startIOThreads, workerModule } from './support/io-threads.js';
import { holdHere } from './support/shared-lock-holder.js';

const user = workerModule('lock-user.mjs');
const refusal = (code: CoMutexErrorCode, message: string) => expect.objectContaining({ code, message });

function* unlocks(mutex: SharedCoMutex): Co<void> {
  mutex.unlock();
}

test('an unlock by another coroutine, of this thread or of another, names the holder', async () => {
  const mutex = new SharedCoMutex('m');
  const stranger = () => Coroutine.create(() => unlocks(mutex), 'stranger').enter();
  expect(stranger).toThrow(refusal('CO_MUTEX_NOT_HOLDER', 'unlock "m": "stranger" called, nobody holds it'));
  const holder = holdHere(mutex, 'a');
  expect(stranger).toThrow(refusal('CO_MUTEX_NOT_HOLDER', 'unlock "m": "stranger" called, "a" holds it'));
  const [io] = await startIOThreads('io');
  expect(await io!.run(user, 'unlocksWithoutIt', mutex.handle)).toEqual({
    code: 'CO_MUTEX_NOT_HOLDER',
    message: 'unlock "m": "stranger" called, thread "main" holds it',
  });
  holder.letGo();
  await io!.run(user, 'holds', 'there', mutex.handle);
  expect(mutex.holderThread).toBe('io');
  expect(mutex.holder).toBeNull();
  expect(stranger).toThrow(
    refusal('CO_MUTEX_NOT_HOLDER', 'unlock "m": "stranger" called, thread "io" holds it'),
  );
});

test('who holds it must not lock it again; assertLocked tells who does', async () => {
  const mutex = new SharedCoMutex('m');
  await coRun(
    function* (): Co<void> {
      expect(() => mutex.assertLocked()).toThrow(
        refusal('CO_MUTEX_NOT_HOLDER', 'assertLocked "m": "self" called, nobody holds it'),
      );
      yield* mutex.lock();
      mutex.assertLocked();
      const again = refusal('CO_MUTEX_RECURSIVE', 'lock "m": "self" holds it already');
      expect(() => mutex.tryLock()).toThrow(again);
      expect(() => mutex.lock().next()).toThrow(again);
      mutex.unlock();
    },
    { name: 'self' },
  );
});

test('outside a coroutine nobody locks, tries, unlocks or asserts', () => {
  const mutex = new SharedCoMutex('m');
  const outside = (operation: string) =>
    refusal('CO_MUTEX_OUTSIDE_COROUTINE', `${operation} "m": called outside a coroutine`);
  expect(() => mutex.lock().next()).toThrow(outside('lock'));
  expect(() => mutex.tryLock()).toThrow(outside('lock'));
  expect(() => mutex.unlock()).toThrow(outside('unlock'));
  expect(() => mutex.assertLocked()).toThrow(outside('assertLocked'));
});

test('a coroutine that ends with it held is told so, and the lock stays taken', async () => {
  const mutex = new SharedCoMutex('m');
  expect(() => Coroutine.create(() => mutex.lock(), 'forgets').enter()).toThrow(
    expect.objectContaining({
      code: 'COROUTINE_LOCK_HELD',
      message: 'end: "forgets" still holds 1 locks',
    }),
  );
  expect(mutex.holderThread).toBe('main');
});
