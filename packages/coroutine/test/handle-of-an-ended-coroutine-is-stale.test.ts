import { aioCoWake, Coroutine, type CoroutineHandle } from '@coaio/coroutine';
import { sharedWords } from '@coaio/real-threads';
import { expect, test } from 'vitest';
import { startIOThreads, workerModule } from './support/io-threads.js';

const sleeper = workerModule('sleeper.mjs');
const MANY = 100_000;

test('a coroutine that has ended', async () => {
  const co = Coroutine.create(function* () {}, 'short');
  const { handle } = co;
  co.enter();
  expect(() => co.handle).toThrow(
    expect.objectContaining({ code: 'COROUTINE_ENDED', message: 'handle: "short" has ended' }),
  );
  const [io] = await startIOThreads('io');
  expect(await io!.run(sleeper, 'wakes', handle)).toEqual([
    { code: 'COROUTINE_ENDED', message: 'aioCoWake: "short" has ended' },
  ]);
});

test.each(['exits', 'joins', 'is terminated'])('a coroutine whose thread %s', async (end) => {
  const [io] = await startIOThreads('io');
  const view = Coroutine.attach(await io!.run<CoroutineHandle>(sleeper, 'sleeps', 'a', sharedWords()));
  if (end === 'joins') await io!.join();
  else if (end === 'is terminated') await io!.terminate();
  else {
    await io!.run(sleeper, 'exits').catch(() => {});
    await io!.join().catch(() => {});
  }
  expect(() => aioCoWake(view)).toThrow(
    expect.objectContaining({
      code: 'COROUTINE_THREAD_GONE',
      message: 'aioCoWake: the thread of "a" has ended',
    }),
  );
});

test('in its own thread a handle gives the coroutine itself, as long as it lives', () => {
  const co = Coroutine.create(function* () {});
  const { handle } = co;
  expect(Coroutine.attach(structuredClone(handle))).toBe(co);
  co.enter();
  const next = Coroutine.create(function* () {});
  expect(next.handle.cell).toBe(handle.cell);
  expect(Coroutine.attach(next.handle)).toBe(next);
  expect(() => aioCoWake(Coroutine.attach(handle))).toThrow(
    expect.objectContaining({ code: 'COROUTINE_ENDED' }),
  );
  expect(next.state).toBe('created');
});

test(`${MANY} that come and go share cells, and an old handle wakes none of them`, async () => {
  const [io] = await startIOThreads('io');
  const { last, cells } = await io!.run<{ last: CoroutineHandle; cells: number }>(
    sleeper,
    'makesAndEnds',
    MANY,
  );
  expect(cells).toBe(1);
  const view = Coroutine.attach(last);
  const words = sharedWords();
  const next = await io!.run<CoroutineHandle>(sleeper, 'sleeps', 'next', words);
  expect(next.cell).toBe(last.cell);
  expect(() => aioCoWake(view)).toThrow(expect.objectContaining({ code: 'COROUTINE_ENDED' }));
  expect(await io!.run(sleeper, 'ran')).toEqual([]);
});
