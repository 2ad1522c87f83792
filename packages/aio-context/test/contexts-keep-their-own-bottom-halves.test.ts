import { AioContext, getCurrentAioContext } from '@coaio/aio-context';
import { expect, test } from 'vitest';

test('a bottom half runs in its own context, whoever schedules it', () => {
  const [a, b] = [new AioContext({ name: 'a' }), new AioContext({ name: 'b' })];
  const ran: string[] = [];
  const ofB = b.createBottomHalf(() => ran.push(`of b in ${getCurrentAioContext()?.name}`));
  a.scheduleOneshot(() => {
    ran.push(`of a in ${getCurrentAioContext()?.name}`);
    ofB.schedule();
  });
  expect(b.poll()).toBe(false);
  expect(a.poll()).toBe(true);
  expect(a.poll()).toBe(false);
  expect(ran).toEqual(['of a in a']);
  expect(b.poll()).toBe(true);
  expect(ran).toEqual(['of a in a', 'of b in b']);
});

test('polling one context inside another leaves the rest of the outer one to the outer poll', () => {
  const [a, b] = [new AioContext(), new AioContext()];
  const ran: string[] = [];
  a.scheduleOneshot(() => {
    b.poll();
    ran.push('a1');
  });
  a.scheduleOneshot(() => ran.push('a2'));
  b.scheduleOneshot(() => ran.push('b'));
  a.poll();
  expect(ran).toEqual(['b', 'a1', 'a2']);
});
