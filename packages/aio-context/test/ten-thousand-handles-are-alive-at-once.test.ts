import { AioContext } from '@coaio/aio-context';
import { expect, test } from 'vitest';
import { startIOThread } from './support/io-thread.js';

const handles = new URL('./workers/handles.mjs', import.meta.url);
const COUNT = 10_000;

test('each is scheduled by another thread, and what was let go is used again', async () => {
  const thread = await startIOThread();
  const context = new AioContext();
  const runs = new Map<number, number>();
  const make = () =>
    Array.from({ length: COUNT }, (_, i) =>
      context.createBottomHalf(() => runs.set(i, (runs.get(i) ?? 0) + 1)),
    );
  const first = make();
  const cells = first.map(({ handle }) => handle.cell);
  await thread.run(handles, 'schedules', ...first.map(({ handle }) => handle));
  context.poll();
  expect(runs.size).toBe(COUNT);
  expect(new Set(runs.values())).toEqual(new Set([1]));
  for (const bottomHalf of first) bottomHalf.delete();
  const second = make();
  expect(new Set(second.map(({ handle }) => handle.cell))).toEqual(new Set(cells));
  await thread.run(handles, 'schedules', ...second.map(({ handle }) => handle));
  context.poll();
  expect(new Set(runs.values())).toEqual(new Set([2]));
  for (const bottomHalf of second) bottomHalf.delete();
});
