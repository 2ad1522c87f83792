import { AioContext } from '@coaio/aio-context';
import { expect, test } from 'vitest';

test.each(['schedule', 'scheduleIdle'] as const)('%s of a deleted bottom half throws', (verb) => {
  const context = new AioContext();
  const bh = context.createBottomHalf(() => {}, 'completion');
  bh.delete();
  // A cancel must not revive it.
  bh.cancel();
  expect(() => bh[verb]()).toThrow(
    expect.objectContaining({
      name: 'AioContextError',
      code: 'AIO_BH_DELETED',
      message: 'schedule: bottom half "completion" was deleted',
    }),
  );
});
