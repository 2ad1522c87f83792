import { AioContext, getCurrentAioContext, getMainAioContext, VirtualClock } from '@coaio/aio-context';
import { expect, test } from 'vitest';

const current = () => getCurrentAioContext()?.name;

test('outside any dispatch it is the main context', async () => {
  expect(getCurrentAioContext()).toBe(getMainAioContext());
  expect(getMainAioContext().name).toBe('main');
  await new Promise(setImmediate);
  expect(getCurrentAioContext()).toBe(getMainAioContext());
});

test('inside a callback it is the context that dispatches, nested polls included', () => {
  const [a, b] = [new AioContext({ name: 'a' }), new AioContext({ name: 'b' })];
  const clock = new VirtualClock();
  const seen: (string | undefined)[] = [];
  b.createTimer(() => seen.push(current()), clock).mod(0);
  a.scheduleOneshot(() => {
    seen.push(current());
    b.poll();
    seen.push(current());
  });
  a.poll();
  expect(seen).toEqual(['a', 'b', 'a']);
  expect(current()).toBe('main');
});

test('run makes it current for the call, and gives back the result or the error', () => {
  const a = new AioContext({ name: 'a' });
  expect(a.run(() => current())).toBe('a');
  expect(() =>
    a.run(() => {
      throw new Error('from inside');
    }),
  ).toThrow('from inside');
  expect(current()).toBe('main');
});
