import { SharedCoMutex } from '@coaio/co-mutex';
import { CoQueue } from '@coaio/co-queue';
import { type Co, Coroutine, coRun, coSelf } from '@coaio/coroutine';
import { expect, test } from 'vitest';
import { startIOThreads, workerModule } from './support/io-threads.js';
import { nobodyHangs } from './support/nobody-hangs.js';
import { holdHere } from './support/shared-lock-holder.js';

const user = workerModule('lock-user.mjs');

test('tryLock takes a free lock only', async () => {
  const mutex = new SharedCoMutex();
  const tries = () =>
    coRun(function* (): Co<boolean> {
      const taken = mutex.tryLock();
      if (taken) mutex.unlock();
      return taken;
    });
  expect(await tries()).toBe(true);
  const [io] = await startIOThreads('io');
  await io!.run(user, 'holds', 'there', mutex.handle);
  expect(await tries()).toBe(false);
  await io!.run(user, 'letsGo', 'there');
  expect(await tries()).toBe(true);
});

test('withLock and guard let go however they end; locksHeld follows', async () => {
  const mutex = new SharedCoMutex();
  const failure = new Error('body');
  await coRun(function* (): Co<void> {
    const held = yield* mutex.withLock(function* () {
      return [mutex.holder === coSelf(), coSelf().locksHeld];
    });
    expect(held).toEqual([true, 1]);
    try {
      using _ = yield* mutex.guard();
      expect(mutex.holder).toBe(coSelf());
      throw failure;
    } catch (error) {
      expect(error).toBe(failure);
    }
    expect([mutex.holder, coSelf().locksHeld]).toEqual([null, 0]);
  });
});

test('a free lock takes no yield', () => {
  const mutex = new SharedCoMutex();
  const user = Coroutine.create(() => mutex.withLock(function* () {}));
  user.enter();
  expect(user.state).toBe('ended');
});

test('a handle gives the same view each time, in each thread its own', () => {
  const mutex = new SharedCoMutex('m');
  expect(SharedCoMutex.attach(mutex.handle)).toBe(mutex);
  expect(SharedCoMutex.attach(structuredClone(mutex.handle))).toBe(mutex);
  expect(() => SharedCoMutex.attach({ ...mutex.handle, of: 'Coroutine' } as never)).toThrow(
    expect.objectContaining({ code: 'AIO_BAD_HANDLE' }),
  );
});

test('CoQueue.wait lets it go, and has it again when it returns', async () => {
  const [mutex, queue] = [new SharedCoMutex(), new CoQueue()];
  let condition = false;
  const waiter = coRun(function* (): Co<boolean> {
    yield* mutex.lock();
    while (!condition) yield* queue.wait(mutex);
    const held = mutex.holder === coSelf();
    mutex.unlock();
    return held;
  });
  // Free, so that another thread may have it meanwhile.
  const [io] = await startIOThreads('io');
  expect(await nobodyHangs(io!.run(user, 'locksOnce', mutex.handle))).toBeNull();
  await coRun(() =>
    mutex.withLock(function* () {
      condition = true;
      queue.next();
    }),
  );
  expect(await nobodyHangs(waiter)).toBe(true);
});

test('two in one thread exclude each other, and one in another thread', async () => {
  const mutex = new SharedCoMutex();
  const [io] = await startIOThreads('io');
  const order = new Int32Array(new SharedArrayBuffer(16));
  const first = holdHere(mutex, 'first');
  const second = holdHere(mutex, 'second');
  await io!.run(user, 'asks', mutex.handle, 'third', order, 3);
  expect(mutex.holder?.name).toBe('first');
  first.letGo();
  await nobodyHangs(coRun(function* () {}));
  expect(mutex.holder?.name).toBe('second');
  expect(order[0]).toBe(0);
  second.letGo();
  await nobodyHangs(io!.run(user, 'gets', 'third'));
  expect([...order]).toEqual([1, 3, 0, 0]);
});
