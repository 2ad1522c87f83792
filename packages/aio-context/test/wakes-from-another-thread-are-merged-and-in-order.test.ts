import { AioContext, type BottomHalf } from '@coaio/aio-context';
import { blockUntil, sharedWords } from '@coaio/real-threads';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { startIOThread } from './support/io-thread.js';

const handles = new URL('./workers/handles.mjs', import.meta.url);

async function wakesWhileBlocked(context: AioContext, bottomHalves: BottomHalf[]): Promise<void> {
  const thread = await startIOThread();
  await thread.run(handles, 'ready');
  const flag = sharedWords();
  void thread.run(handles, 'schedulesAndTells', flag, ...bottomHalves.map(({ handle }) => handle));
  blockUntil(flag);
  context.poll();
}

test('scheduled twice before it ran, it runs once', async () => {
  const context = new AioContext();
  let runs = 0;
  const bottomHalf = context.createBottomHalf(() => runs++);
  await wakesWhileBlocked(context, [bottomHalf, bottomHalf]);
  expect(runs).toBe(1);
  expect(context.poll()).toBe(false);
});

test('scheduled by both threads before it ran, it runs once', async () => {
  const thread = await startIOThread();
  await thread.run(handles, 'ready');
  const context = new AioContext();
  let runs = 0;
  const bottomHalf = context.createBottomHalf(() => runs++);
  const flag = sharedWords();
  bottomHalf.schedule();
  void thread.run(handles, 'schedulesAndTells', flag, bottomHalf.handle);
  blockUntil(flag);
  context.poll();
  expect(runs).toBe(1);
  expect(context.poll()).toBe(false);
});

test('many wakes are one batch, run in their order', async () => {
  const context = new AioContext();
  const count = 200;
  const order = fc.sample(fc.shuffledSubarray([...Array(count).keys()], { minLength: count }), {
    numRuns: 1,
    seed: 7,
  })[0] as number[];
  const runs: number[] = [];
  const all = order.map((number) => context.createBottomHalf(() => runs.push(number), `${number}`));
  await wakesWhileBlocked(context, all);
  expect(runs).toEqual(order);
});

test('one that was deleted meanwhile is left out, and its cell is used again', async () => {
  const context = new AioContext();
  const runs: string[] = [];
  const [kept, deleted, last] = ['kept', 'deleted', 'last'].map((name) =>
    context.createBottomHalf(() => runs.push(name), name),
  ) as [BottomHalf, BottomHalf, BottomHalf];
  const thread = await startIOThread();
  await thread.run(handles, 'ready');
  const flag = sharedWords();
  const all = [kept, deleted, last].map(({ handle }) => handle);
  void thread.run(handles, 'schedulesAndTells', flag, ...all);
  blockUntil(flag);
  const { cell } = deleted.handle;
  deleted.delete();
  // The wake has the cell until it is met.
  expect(context.createBottomHalf(() => {}).handle.cell).not.toBe(cell);
  context.poll();
  expect(runs).toEqual(['kept', 'last']);
  expect(context.createBottomHalf(() => {}).handle.cell).toBe(cell);
});

test.each(['this', 'another'])(
  'scheduled by another thread while it runs because of %s one, it runs again',
  async (first) => {
    const thread = await startIOThread();
    await thread.run(handles, 'ready');
    const context = new AioContext();
    let runs = 0;
    const wake = (): void => {
      const flag = sharedWords();
      void thread.run(handles, 'schedulesAndTells', flag, bottomHalf.handle);
      blockUntil(flag);
    };
    const bottomHalf = context.createBottomHalf(() => {
      if (++runs === 1) wake();
    });
    if (first === 'this') bottomHalf.schedule();
    else wake();
    context.poll();
    expect(runs).toBe(1);
    context.poll();
    expect(runs).toBe(2);
    expect(context.poll()).toBe(false);
  },
);

test('cancelled after its wake was met, it can be woken again', async () => {
  const thread = await startIOThread();
  await thread.run(handles, 'ready');
  const [context, other] = [new AioContext(), new AioContext()];
  let runs = 0;
  const bottomHalf = context.createBottomHalf(() => runs++);
  const wake = (): void => {
    const flag = sharedWords();
    void thread.run(handles, 'schedulesAndTells', flag, bottomHalf.handle);
    blockUntil(flag);
  };
  wake();
  // Meets all that was woken, and runs none of it.
  other.poll();
  bottomHalf.cancel();
  context.poll();
  expect(runs).toBe(0);
  wake();
  context.poll();
  expect(runs).toBe(1);
});

test('a poll in a callback, too, takes what other threads have woken', async () => {
  const thread = await startIOThread();
  await thread.run(handles, 'ready');
  const context = new AioContext();
  let runs = 0;
  const woken = context.createBottomHalf(() => runs++);
  context.scheduleOneshot(() => {
    const flag = sharedWords();
    void thread.run(handles, 'schedulesAndTells', flag, woken.handle);
    blockUntil(flag);
    expect(context.poll()).toBe(true);
    expect(runs).toBe(1);
  });
  context.poll();
  expect(runs).toBe(1);
});
