import { AioContext } from '@coaio/aio-context';
import {
  aioCoKick,
  aioCoSchedule,
  aioCoWake,
  Coroutine,
  type CoroutineHandle,
  coYield,
} from '@coaio/coroutine';
import { blockUntil, set, sharedWords } from '@coaio/real-threads';
import { expect, test } from 'vitest';
import { startIOThreads, workerModule } from './support/io-threads.js';
import { END, RAN } from './workers/sleeper.mjs';

const sleeper = workerModule('sleeper.mjs');
const sharedWord = sharedWords(1);
const scheduled = (by: string, claimer: string) => ({
  code: 'COROUTINE_ALREADY_SCHEDULED',
  message: `${by}: "a" is scheduled already, by ${claimer}`,
});

/** `io` with a sleeping coroutine, and blocked: who is woken there does not run before `goOn`. */
async function blockedSleeper(other: string) {
  const [io, second] = await startIOThreads('io', other);
  const words = sharedWords();
  const handle = await io!.run<CoroutineHandle>(sleeper, 'sleeps', 'a', words);
  const busy = sharedWords();
  const blocked = io!.run(sleeper, 'blocks', busy);
  blockUntil(busy, 0);
  const goOn = () => {
    set(busy, 1);
    return blocked;
  };
  return { io: io!, second: second!, words, handle, goOn };
}

test('the second to wake it before it ran is told who was first; then it can be woken again', async () => {
  const { io, second, words, handle, goOn } = await blockedSleeper('second');
  expect(await second.run(sleeper, 'wakes', handle, handle)).toEqual([
    null,
    scheduled('aioCoWake', 'thread "second"'),
  ]);
  const view = Coroutine.attach(handle);
  expect(() => aioCoWake(view)).toThrow(expect.objectContaining(scheduled('aioCoWake', 'thread "second"')));
  expect(() => aioCoSchedule(io.context, view)).toThrow(
    expect.objectContaining(scheduled('aioCoSchedule', 'thread "second"')),
  );
  await goOn();
  blockUntil(words, RAN);
  aioCoWake(view);
  blockUntil(words, RAN, 2);
  expect(await io.run(sleeper, 'ran')).toHaveLength(2);
});

test('the error names the calling coroutine too', async () => {
  const { second, handle, goOn } = await blockedSleeper('second');
  await second.run(sleeper, 'wakes', handle);
  const caller = Coroutine.create(function* () {
    aioCoWake(Coroutine.attach(handle));
  }, 'caller');
  expect(() => caller.enter()).toThrow(
    expect.objectContaining(scheduled('aioCoWake in "caller"', 'thread "second"')),
  );
  await goOn();
});

test('a kick makes it look once, and is refused by nobody', async () => {
  const { io, second, words, handle, goOn } = await blockedSleeper('second');
  const view = Coroutine.attach(handle);
  aioCoKick(view);
  aioCoKick(view);
  expect(await second.run(sleeper, 'kicks', handle)).toBeNull();
  await goOn();
  blockUntil(words, RAN);
  // Once it has yielded: it looks at END on its way there.
  await io.run(sleeper, 'ready');
  Atomics.store(words, END, 1);
  aioCoKick(view);
  blockUntil(words, RAN, 2);
  await io.run(sleeper, 'ready');
  // It has ended, and then its thread.
  aioCoKick(view);
  expect(await io.run(sleeper, 'ran')).toHaveLength(2);
  await io.join();
  aioCoKick(view);
});

test('its own thread and another one at once: one of them is told', async () => {
  const context = new AioContext({ name: 'here' });
  let ran = 0;
  const co = Coroutine.create(function* () {
    for (;;) {
      yield* coYield();
      ran++;
    }
  }, 'a');
  co.enter(context);
  const [io] = await startIOThreads('io');
  let accepted = 0;
  let refused = 0;
  const count = (error: unknown) => {
    if (error === null) accepted++;
    else {
      expect(error).toMatchObject({ code: 'COROUTINE_ALREADY_SCHEDULED' });
      refused++;
    }
  };
  for (let round = 0; round < 200; round++) {
    const there = io!.run<unknown[]>(sleeper, 'wakes', co.handle);
    // Early or late: the other thread is on its way.
    for (let spin = 0; spin < round * 500; spin++) Atomics.load(sharedWord, 0);
    count(refusalOf(() => aioCoSchedule(context, co)));
    for (const error of await there) count(error);
    context.poll();
    expect(ran).toBe(accepted);
  }
  expect(accepted + refused).toBe(400);
  expect(accepted).toBeGreaterThanOrEqual(200);
});

test('a handle that is made while it is scheduled already says so to other threads', async () => {
  const context = new AioContext();
  const [io] = await startIOThreads('io');
  let ran = 0;
  const co = Coroutine.create(function* () {
    for (;;) {
      yield* coYield();
      ran++;
    }
  }, 'a');
  co.enter(context);
  let answer: Promise<unknown[]> | undefined;
  const words = sharedWords();
  Coroutine.create(function* () {
    aioCoSchedule(context, co);
    answer = io!.run(sleeper, 'wakesAndTells', words, co.handle);
    // Until the other thread was refused: nothing runs here meanwhile.
    blockUntil(words, 0);
  }).enter();
  expect(await answer).toEqual([scheduled('aioCoWake', 'thread "main"')]);
  context.poll();
  expect(ran).toBe(1);
  expect(await io!.run(sleeper, 'wakes', co.handle)).toEqual([null]);
});

test('one that runs may be woken before it yields, and then goes on', async () => {
  const [io] = await startIOThreads('io');
  const words = sharedWords();
  const view = Coroutine.attach(await io!.run<CoroutineHandle>(sleeper, 'runsLong', 'a', words));
  blockUntil(words, 2);
  aioCoWake(view);
  expect(() => aioCoWake(view)).toThrow(expect.objectContaining(scheduled('aioCoWake', 'thread "main"')));
  set(words, 3);
  blockUntil(words, RAN);
});

test('a wake that crosses with its end comes to nothing', async () => {
  const [io] = await startIOThreads('io');
  const words = sharedWords();
  const handle = await io!.run<CoroutineHandle>(sleeper, 'runsLong', 'a', words);
  const view = Coroutine.attach(handle);
  blockUntil(words, 2);
  Atomics.store(words, END, 1);
  aioCoWake(view);
  set(words, 3);
  await io!.run(sleeper, 'ready');
  const ended = { code: 'COROUTINE_ENDED', message: 'aioCoWake: "a" has ended' };
  // Once what was on its way has arrived.
  for (let error: unknown = null; ; ) {
    try {
      aioCoWake(view);
    } catch (caught) {
      error = caught;
    }
    if ((error as { code?: string } | null)?.code !== 'COROUTINE_ALREADY_SCHEDULED') {
      expect(error).toMatchObject(ended);
      break;
    }
    await io!.run(sleeper, 'ready');
  }
  // The cell is another one's now, whom the old handle does not wake.
  const next = sharedWords();
  const other = await io!.run<CoroutineHandle>(sleeper, 'sleeps', 'b', next);
  expect(other.cell).toBe(handle.cell);
  expect(() => aioCoWake(view)).toThrow(expect.objectContaining(ended));
  aioCoWake(Coroutine.attach(other));
  blockUntil(next, RAN);
  await io!.join();
  expect(Atomics.load(next, RAN)).toBe(1);
});

function refusalOf(callback: () => void): unknown {
  try {
    callback();
    return null;
  } catch (error) {
    return error;
  }
}
