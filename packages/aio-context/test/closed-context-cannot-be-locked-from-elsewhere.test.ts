import { AioContext } from '@coaio/aio-context';
import { expect, test } from 'vitest';
import { startIOThread } from './support/io-thread.js';

const locks = new URL('./workers/locks.mjs', import.meta.url);

test('a view that was attached before says that it is closed', async () => {
  const thread = await startIOThread();
  const context = new AioContext({ name: 'disk' });
  await thread.run(locks, 'attachesForLater', context.handle);
  context.close();
  const closed = { code: 'AIO_CONTEXT_CLOSED', message: 'acquire: context "disk" is closed' };
  expect(await thread.run(locks, 'triesToAcquireThat')).toEqual(closed);
});
