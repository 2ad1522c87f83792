import type { IOThread } from '@coaio/aio-context';
import { SharedCoMutex } from '@coaio/co-mutex';
import { coRun } from '@coaio/coroutine';
import { blockUntil } from '@coaio/real-threads';
import { expect, test } from 'vitest';
import { startIOThreads, workerModule } from './support/io-threads.js';
import { nobodyHangs } from './support/nobody-hangs.js';
import { holdHere } from './support/shared-lock-holder.js';

const user = workerModule('lock-user.mjs');
const words = (count = 16) => new Int32Array(new SharedArrayBuffer(4 * count));
const broken = {
  code: 'CO_MUTEX_BROKEN',
  message: 'lock "m": the thread that held it has ended, what it protects may be half done',
};

const ends: [string, (thread: IOThread) => Promise<unknown>][] = [
  ['process.exit', (thread) => thread.run(user, 'exits')],
  ['terminate', (thread) => thread.terminate()],
  ['an uncaught exception', (thread) => thread.run(user, 'throwsUncaught').then(() => thread.join())],
];

test.each(ends)('ends with %s: all who wait for it or ask for it are told', async (_, end) => {
  const mutex = new SharedCoMutex('m');
  const [victim, one, two] = await startIOThreads('victim', 'one', 'two');
  await victim!.run(user, 'holds', 'holder', mutex.handle);
  await one!.run(user, 'asks', mutex.handle, 'a', words(), 1);
  await one!.run(user, 'asks', mutex.handle, 'b', words(), 2);
  await two!.run(user, 'asks', mutex.handle, 'c', words(), 3);
  const here = coRun(() => mutex.lock());
  here.catch(() => {});
  await end(victim!).catch(() => {});
  const told = [one!.run(user, 'gets', 'a'), one!.run(user, 'gets', 'b'), two!.run(user, 'gets', 'c')];
  expect(await nobodyHangs(Promise.all(told))).toEqual([broken, broken, broken]);
  await expect(nobodyHangs(here)).rejects.toMatchObject(broken);
  // Later too, and who tries.
  expect(await nobodyHangs(two!.run(user, 'locksOnce', mutex.handle))).toEqual(broken);
  await expect(nobodyHangs(coRun(() => mutex.lock()))).rejects.toMatchObject(broken);
  const tries = function* () {
    return mutex.tryLock();
  };
  await expect(nobodyHangs(coRun(tries))).rejects.toMatchObject(broken);
  expect([mutex.isBroken, mutex.holder, mutex.holderThread]).toEqual([true, null, null]);
});

test.each(ends)('one that ends with %s in line is passed over', async (_, end) => {
  const mutex = new SharedCoMutex('m');
  const [one, victim, two] = await startIOThreads('one', 'victim', 'two');
  const order = words();
  const holder = holdHere(mutex);
  await one!.run(user, 'asks', mutex.handle, 'a', order, 1);
  await victim!.run(user, 'asks', mutex.handle, 'b', order, 2);
  await two!.run(user, 'asks', mutex.handle, 'c', order, 3);
  await victim!.run(user, 'asks', mutex.handle, 'd', order, 4);
  await end(victim!).catch(() => {});
  holder.letGo();
  await nobodyHangs(Promise.all([one!.run(user, 'gets', 'a'), two!.run(user, 'gets', 'c')]));
  expect([...order.subarray(0, 4)]).toEqual([2, 1, 3, 0]);
  expect(await nobodyHangs(one!.run(user, 'locksOnce', mutex.handle))).toBeNull();
});

test('one that ends after it was handed the lock, before it could run, breaks it', async () => {
  const mutex = new SharedCoMutex('m');
  const [victim, one] = await startIOThreads('victim', 'one');
  const holder = holdHere(mutex);
  await victim!.run(user, 'asks', mutex.handle, 'a', words(), 1);
  await one!.run(user, 'asks', mutex.handle, 'b', words(), 2);
  const blocked = words(2);
  void victim!.run(user, 'blocks', blocked).catch(() => {});
  blockUntil(blocked);
  holder.letGo();
  expect(mutex.holderThread).toBe('victim');
  await victim!.terminate();
  expect(await nobodyHangs(one!.run(user, 'gets', 'b'))).toEqual(broken);
});
