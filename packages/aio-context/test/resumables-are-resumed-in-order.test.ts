import { AioContext, getCurrentAioContext, type Resumable } from '@coaio/aio-context';
import { expect, test } from 'vitest';
import { collectUncaught } from './support/collect-uncaught.js';

function resumable(resume: (context: AioContext) => void): Resumable {
  return { nextScheduled: null, resume };
}

test('what is scheduled is resumed once, in order, in that context', () => {
  const context = new AioContext({ name: 'x' });
  const resumed: string[] = [];
  for (const name of ['a', 'b', 'c']) {
    context.schedule(
      resumable((given) => {
        resumed.push(`${name} in ${given.name}, current ${getCurrentAioContext()?.name}`);
      }),
    );
  }
  expect(resumed).toEqual([]);
  expect(context.poll()).toBe(true);
  expect(context.poll()).toBe(false);
  expect(resumed).toEqual(['a', 'b', 'c'].map((name) => `${name} in x, current x`));
});

test('one that schedules itself again waits for the next poll', () => {
  const context = new AioContext();
  let resumes = 0;
  const again = resumable(() => {
    if (++resumes === 1) context.schedule(again);
  });
  context.schedule(again);
  context.poll();
  expect(resumes).toBe(1);
  context.poll();
  expect(resumes).toBe(2);
});

test('one that throws keeps none of the others from being resumed', async () => {
  const uncaught = collectUncaught();
  const context = new AioContext();
  const failure = new Error('resume');
  let resumed = false;
  const throws = resumable(() => {
    throw failure;
  });
  context.schedule(throws);
  context.schedule(resumable(() => (resumed = true)));
  context.poll();
  expect(resumed).toBe(true);
  await Promise.resolve();
  expect(uncaught).toEqual([failure]);
});
