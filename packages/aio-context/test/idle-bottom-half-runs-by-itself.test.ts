import { AioContext } from '@coaio/aio-context';
import { expect, test } from 'vitest';

test('an idle bottom half runs though nothing else makes its context poll', async () => {
  const context = new AioContext();
  await new Promise<void>((resolve) => context.createBottomHalf(resolve).scheduleIdle());
  expect(context.poll()).toBe(false);
});
