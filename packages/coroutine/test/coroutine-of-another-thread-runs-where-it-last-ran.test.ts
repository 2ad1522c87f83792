import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { AioContext, type AioContextHandle, getCurrentAioContext } from '@coaio/aio-context';
import {
  aioCoSchedule,
  aioCoWake,
  Coroutine,
  type CoroutineHandle,
  coYield,
  RemoteCoroutine,
} from '@coaio/coroutine';
import { blockUntil, sharedWords } from '@coaio/real-threads';
import { expect, test } from 'vitest';
import { startIOThreads, workerModule } from './support/io-threads.js';
import { RAN } from './workers/sleeper.mjs';

const sleeper = workerModule('sleeper.mjs');

test('woken from the main thread', async () => {
  const [io] = await startIOThreads('io');
  await io!.run(sleeper, 'makesContext', 'second');
  const [first, second] = [sharedWords(), sharedWords()];
  const home = Coroutine.attach(await io!.run<CoroutineHandle>(sleeper, 'sleeps', 'a', first));
  const other = Coroutine.attach(await io!.run<CoroutineHandle>(sleeper, 'sleeps', 'b', second, 'second'));
  expect(home).toBeInstanceOf(RemoteCoroutine);
  expect([home.name, other.name]).toEqual(['a', 'b']);
  aioCoWake(home);
  blockUntil(first, RAN);
  aioCoWake(other);
  blockUntil(second, RAN);
  expect(await io!.run(sleeper, 'ran')).toEqual(['a in io', 'b in second']);
});

test('woken from an IOThread, and from a worker of the user whose thread has no context', async () => {
  const context = new AioContext({ name: 'disk' });
  const seen: unknown[] = [];
  let end = () => {};
  const ended = new Promise<void>((resolve) => (end = resolve));
  const co = Coroutine.create(function* () {
    for (let i = 0; i < 2; i++) {
      yield* coYield();
      seen.push(getCurrentAioContext());
    }
    end();
  });
  co.enter(context);
  const [io] = await startIOThreads('io');
  expect(await io!.run(sleeper, 'wakes', co.handle)).toEqual([null]);
  while (seen.length < 1) await io!.run(sleeper, 'ready');
  const worker = new Worker(workerModule('wakes-its-data.mjs'), { workerData: co.handle });
  expect((await once(worker, 'message'))[0]).toBeUndefined();
  await ended;
  expect(seen).toEqual([context, context]);
});

test('scheduled in another context of its thread it moves there, and stays', async () => {
  const [io] = await startIOThreads('io');
  const there = AioContext.attach(await io!.run<AioContextHandle>(sleeper, 'makesContext', 'second'));
  const words = sharedWords();
  const co = Coroutine.attach(await io!.run<CoroutineHandle>(sleeper, 'sleeps', 'a', words));
  aioCoSchedule(there, co);
  blockUntil(words, RAN);
  aioCoWake(co);
  blockUntil(words, RAN, 2);
  aioCoSchedule(io!.context, co);
  blockUntil(words, RAN, 3);
  expect(await io!.run(sleeper, 'ran')).toEqual(['a in second', 'a in second', 'a in io']);
});

test('to another thread it cannot go, neither way', async () => {
  const [io, other] = await startIOThreads('io', 'other');
  const handle = await io!.run<CoroutineHandle>(sleeper, 'sleeps', 'a', sharedWords());
  const refused = (name: string, context: string) =>
    expect.objectContaining({
      code: 'COROUTINE_OTHER_THREAD',
      message: `aioCoSchedule: "${name}" cannot go to context "${context}" of another thread`,
    });
  const own = Coroutine.create(function* () {}, 'own');
  const view = Coroutine.attach(handle);
  expect(() => aioCoSchedule(io!.context, own)).toThrow(refused('own', 'io'));
  expect(() => aioCoSchedule(new AioContext({ name: 'here' }), view)).toThrow(refused('a', 'here'));
  expect(() => aioCoSchedule(other!.context, view)).toThrow(refused('a', 'other'));
});

test('those that are woken run first in first out', async () => {
  const [io] = await startIOThreads('io');
  const names = Array.from({ length: 50 }, (_, index) => `c${index}`);
  const words = sharedWords();
  const views: (Coroutine | RemoteCoroutine)[] = [];
  for (const name of names)
    views.push(Coroutine.attach(await io!.run<CoroutineHandle>(sleeper, 'sleeps', name, words)));
  // While the thread is busy, so that all of them are in its list at once.
  const busy = sharedWords();
  const blocked = io!.run(sleeper, 'blocks', busy);
  blockUntil(busy, 0);
  const order = names.map((_, index) => (index * 17) % names.length);
  for (const index of order) aioCoWake(views[index]!);
  Atomics.store(busy, 1, 1);
  Atomics.notify(busy, 1);
  await blocked;
  blockUntil(words, RAN, names.length);
  expect(await io!.run(sleeper, 'ran')).toEqual(order.map((index) => `c${index} in io`));
});
