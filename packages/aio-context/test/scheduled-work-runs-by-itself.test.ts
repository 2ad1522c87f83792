import { AioContext } from '@coaio/aio-context';
import { expect, test } from 'vitest';
import { runChild } from './support/run-child.js';

test('the event loop runs a whole batch in one of its iterations', async () => {
  const context = new AioContext();
  const ran: string[] = [];
  context.scheduleOneshot(() => ran.push('a'));
  context.scheduleOneshot(() => {
    ran.push('b');
    context.scheduleOneshot(() => ran.push('d'));
  });
  context.scheduleOneshot(() => ran.push('c'));
  expect(ran).toEqual([]);
  await new Promise(setImmediate);
  expect(ran).toEqual(['a', 'b', 'c']);
  await new Promise(setImmediate);
  expect(ran).toEqual(['a', 'b', 'c', 'd']);
});

test('what is scheduled holds the process open until it has run', () => {
  expect(runChild('schedules-and-returns.mjs')).toEqual({
    status: 0,
    stdout: 'timer, bottom half\n',
    stderr: '',
  });
});
