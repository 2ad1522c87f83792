import { deadlockReport, formatDeadlockReport, SharedCoMutex } from '@coaio/co-mutex';
import { coRun } from '@coaio/coroutine';
import { expect, test } from 'vitest';
import { startIOThreads, workerModule } from './support/io-threads.js';
import { nobodyHangs } from './support/nobody-hangs.js';
import { holdHere } from './support/shared-lock-holder.js';

const user = workerModule('lock-user.mjs');
const withoutTimes = (report: string) => report.replaceAll(/\d+ ms/g, '<n> ms').split('\n');

test('two threads that hold what the other waits for are a circle, seen from a third', async () => {
  const [one, two] = [new SharedCoMutex('m1'), new SharedCoMutex('m2')];
  const [first, second] = await startIOThreads('first', 'second');
  // Each takes its own first; the second lock of each makes the circle.
  await first!.run(user, 'holdsThenAsks', 'a', one.handle, two.handle);
  await second!.run(user, 'holdsThenAsks', 'b', two.handle, one.handle);
  expect(deadlockReport().waits).toEqual([]);
  await first!.run(user, 'letsGo', 'a');
  await second!.run(user, 'letsGo', 'b');

  const report = deadlockReport();
  expect(report.waits).toEqual([
    {
      coroutine: 'a',
      thread: 'first',
      waitsFor: 'm2',
      kind: 'SharedCoMutex',
      forMs: expect.any(Number),
      holders: [{ name: 'b', thread: 'second' }],
    },
    {
      coroutine: 'b',
      thread: 'second',
      waitsFor: 'm1',
      kind: 'SharedCoMutex',
      forMs: expect.any(Number),
      holders: [{ name: 'a', thread: 'first' }],
    },
  ]);
  expect(report.circles.map((circle) => circle.toSorted())).toEqual([['a', 'b']]);
  expect(withoutTimes(formatDeadlockReport(report)).slice(1)).toEqual([
    '"a" of thread "first" waits <n> ms for SharedCoMutex "m2", held by "b" of thread "second"',
    '"b" of thread "second" waits <n> ms for SharedCoMutex "m1", held by "a" of thread "first"',
  ]);
});

test('a circle through this thread and another', async () => {
  const [here, there] = [new SharedCoMutex('here'), new SharedCoMutex('there')];
  const [io] = await startIOThreads('io');
  await io!.run(user, 'holdsThenAsks', 'b', there.handle, here.handle);
  const controller = new AbortController();
  const waits = coRun(
    function* () {
      using _ = yield* here.guard();
      yield* there.lock({ purpose: 'both', signal: controller.signal });
      there.unlock();
    },
    { name: 'a' },
  );
  await io!.run(user, 'letsGo', 'b');
  const report = deadlockReport();
  expect(report.circles.map((circle) => circle.toSorted())).toEqual([['a', 'b']]);
  expect(report.waits.map(({ coroutine, thread, purpose }) => ({ coroutine, thread, purpose }))).toEqual([
    { coroutine: 'a', thread: undefined, purpose: 'both' },
    { coroutine: 'b', thread: 'io', purpose: undefined },
  ]);
  controller.abort(new Error('given up'));
  await expect(nobodyHangs(waits)).rejects.toThrow('given up');
  while (here.holderThread !== null || there.holderThread !== null) await io!.run(user, 'ready');
  expect(deadlockReport()).toEqual({ waits: [], circles: [] });
});

test('of a holder that has not waited for anything only the thread is known', async () => {
  const mutex = new SharedCoMutex('m');
  const [io] = await startIOThreads('io');
  await io!.run(user, 'holds', 'quick', mutex.handle);
  const waits = coRun(() => mutex.withLock(function* () {}), { name: 'waits' });
  expect(deadlockReport().waits).toMatchObject([{ coroutine: 'waits', holders: [{ name: 'thread io' }] }]);
  await io!.run(user, 'letsGo', 'quick');
  await nobodyHangs(waits);
});

test('one that has waited for it is known by name, and since when it has it', async () => {
  const mutex = new SharedCoMutex('m');
  const [io] = await startIOThreads('io');
  const holder = holdHere(mutex);
  await io!.run(user, 'holds', 'patient', mutex.handle);
  expect(deadlockReport().waits).toMatchObject([
    { coroutine: 'patient', thread: 'io', holders: [{ name: 'thread main' }] },
  ]);
  holder.letGo();
  while (mutex.holds()[0]?.sinceMs === undefined) await io!.run(user, 'ready');
  const controller = new AbortController();
  const waits = coRun(() => mutex.lock({ signal: controller.signal }), { name: 'waits' });
  expect(deadlockReport().waits).toMatchObject([
    { coroutine: 'waits', holders: [{ name: 'patient', thread: 'io', forMs: expect.any(Number) }] },
  ]);
  controller.abort(new Error('given up'));
  await expect(nobodyHangs(waits)).rejects.toThrow('given up');
  await io!.run(user, 'letsGo', 'patient');
  // The next one has not waited: it does not go by that name.
  await io!.run(user, 'holds', 'quick', mutex.handle);
  expect(mutex.holds()).toEqual([{ holder: 'thread io' }]);
  await io!.run(user, 'letsGo', 'quick');
});
