import { SharedCoMutex } from '@coaio/co-mutex';
import { coRun } from '@coaio/coroutine';
import { expect, test } from 'vitest';
import { startIOThreads, workerModule } from './support/io-threads.js';
import { nobodyHangs } from './support/nobody-hangs.js';
import { holdHere } from './support/shared-lock-holder.js';

const user = workerModule('lock-user.mjs');

test('those who lined up while it was held get it in that order, whatever threads they are of', async () => {
  const mutex = new SharedCoMutex('in order');
  const threads = await startIOThreads('one', 'two', 'three');
  const order = new Int32Array(new SharedArrayBuffer(4 * 32));
  const here: Promise<unknown>[] = [];
  const holder = holdHere(mutex);
  // Not each thread in turn: side by side, and this one among them.
  const places = [0, 1, 2, 3, 1, 1, 0, 3, 2, 0, 0, 3, 3, 1];
  for (const [id, place] of places.entries()) {
    const thread = threads[place - 1];
    if (thread !== undefined) await thread.run(user, 'asks', mutex.handle, `c${id}`, order, id);
    else
      here.push(
        coRun(() =>
          mutex.withLock(function* () {
            order[1 + Atomics.add(order, 0, 1)] = id;
          }),
        ),
      );
  }
  holder.letGo();
  const all = places.map((place, id) => threads[place - 1]?.run(user, 'gets', `c${id}`));
  await nobodyHangs(Promise.all([...all, ...here]));
  expect([...order.subarray(1, 1 + places.length)]).toEqual([...places.keys()]);
});

test('a waiter goes on in its own thread and in its own context', async () => {
  const mutex = new SharedCoMutex();
  const [one, two] = await startIOThreads('one', 'two');
  const order = new Int32Array(new SharedArrayBuffer(4 * 8));
  const holder = holdHere(mutex);
  await one!.run(user, 'asks', mutex.handle, 'home', order, 0);
  await one!.run(user, 'asks', mutex.handle, 'other', order, 1, 'a second context');
  await two!.run(user, 'asks', mutex.handle, 'there', order, 2, 'another');
  holder.letGo();
  const [first, second] = await Promise.all([
    one!.run<number>(user, 'ready'),
    two!.run<number>(user, 'ready'),
  ]);
  expect(await nobodyHangs(one!.run(user, 'gets', 'home'))).toEqual({ thread: first, context: 'one' });
  expect(await nobodyHangs(one!.run(user, 'gets', 'other'))).toEqual({
    thread: first,
    context: 'a second context',
  });
  expect(await nobodyHangs(two!.run(user, 'gets', 'there'))).toEqual({ thread: second, context: 'another' });
});
