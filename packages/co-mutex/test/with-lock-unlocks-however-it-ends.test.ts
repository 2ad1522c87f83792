import { CoMutex } from '@coaio/co-mutex';
import { type Co, Coroutine, coRun, coYield } from '@coaio/coroutine';
import { expect, test } from 'vitest';
import { criticalSection } from './support/critical-section.js';

test('it holds the lock while the body runs, and gives its result', async () => {
  const mutex = new CoMutex();
  const held = await coRun(() =>
    mutex.withLock(function* (): Co<boolean> {
      return mutex.holder !== null;
    }),
  );
  expect(held).toBe(true);
  expect(mutex.holder).toBeNull();
});

test('a body that throws unlocks, and the error goes on', async () => {
  const mutex = new CoMutex();
  const failure = new Error('inside');
  const run = coRun(() =>
    mutex.withLock(function* (): Co<never> {
      throw failure;
    }),
  );
  await expect(run).rejects.toBe(failure);
  expect(mutex.holder).toBeNull();
});

test('over a yield it stays locked, and it waits for its turn', () => {
  const mutex = new CoMutex();
  const log: string[] = [];
  const holder = criticalSection(mutex, 'holder', log);
  const co = Coroutine.create(() =>
    mutex.withLock(function* (): Co<void> {
      log.push('body');
      yield* coYield();
    }),
  );
  co.enter();
  expect(log).toEqual(['holder has it']);
  holder.enter();
  expect(log).toEqual(['holder has it', 'holder unlocked', 'body']);
  expect(mutex.holder).toBe(co);
  co.enter();
  expect(mutex.holder).toBeNull();
});
