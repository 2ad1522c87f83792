import { AioContext } from '@coaio/aio-context';
import { CELLS_USED, joinThreads } from '@coaio/aio-context/shared';
import { SharedCoMutex } from '@coaio/co-mutex';
import { coRun } from '@coaio/coroutine';
import { expect, test } from 'vitest';
import { startIOThreads, workerModule } from './support/io-threads.js';
import { nobodyHangs } from './support/nobody-hangs.js';
import { holdHere } from './support/shared-lock-holder.js';

const user = workerModule('lock-user.mjs');
const cellsUsed = () => Atomics.load(joinThreads().words, CELLS_USED);

/** A coroutine that asks with a signal; `ran` tells whether it had the lock. */
function askHere(mutex: SharedCoMutex, context?: AioContext) {
  const controller = new AbortController();
  let ran = false;
  const lock = () =>
    mutex.withLock(
      function* () {
        ran = true;
      },
      { signal: controller.signal },
    );
  const done = coRun(lock, context === undefined ? {} : { context });
  done.catch(() => {});
  return { done, abort: (reason: Error) => controller.abort(reason), ran: () => ran };
}

test('an abandoned wait throws the reason, and those behind it get the lock', async () => {
  const mutex = new SharedCoMutex();
  const [io] = await startIOThreads('io');
  await io!.run(user, 'holds', 'there', mutex.handle);
  const first = askHere(mutex);
  const second = askHere(mutex);
  const reason = new Error('no longer');
  first.abort(reason);
  await expect(nobodyHangs(first.done)).rejects.toBe(reason);
  await io!.run(user, 'letsGo', 'there');
  await nobodyHangs(second.done);
  expect([first.ran(), second.ran()]).toEqual([false, true]);
  expect(mutex.holderThread).toBeNull();
});

test('a signal that has aborted before throws though the lock is free', async () => {
  const mutex = new SharedCoMutex();
  const reason = new Error('before');
  await expect(coRun(() => mutex.lock({ signal: AbortSignal.abort(reason) }))).rejects.toBe(reason);
  expect(mutex.holder).toBeNull();
});

test('the hand-over wins: who was chosen before the abort has the lock', async () => {
  const mutex = new SharedCoMutex();
  const holder = holdHere(mutex);
  // In another context, so that it does not run as soon as the holder has let go.
  const context = new AioContext({ name: 'other' });
  const waiter = askHere(mutex, context);
  context.poll();
  holder.letGo();
  waiter.abort(new Error('too late'));
  expect(waiter.ran()).toBe(false);
  await nobodyHangs(waiter.done);
  expect(waiter.ran()).toBe(true);
});

test('an abandoned cell is used again when it is out of line, and not before', async () => {
  const mutex = new SharedCoMutex();
  const [io] = await startIOThreads('io');
  const giveUp = async (times: number) => {
    for (let i = 0; i < times; i++) {
      const waiter = askHere(mutex);
      waiter.abort(new Error('no longer'));
      await waiter.done.catch(() => {});
    }
  };
  await io!.run(user, 'holds', 'there', mutex.handle);
  await giveUp(1);
  const before = cellsUsed();
  await giveUp(20);
  const inLine = cellsUsed();
  expect(inLine - before).toBeGreaterThanOrEqual(20);
  // All of them are skipped.
  const last = askHere(mutex);
  await io!.run(user, 'letsGo', 'there');
  await nobodyHangs(last.done);
  expect(last.ran()).toBe(true);

  await io!.run(user, 'holds', 'again', mutex.handle);
  const free = cellsUsed();
  await giveUp(20);
  expect(cellsUsed()).toBe(free);
  await io!.run(user, 'letsGo', 'again');
});
