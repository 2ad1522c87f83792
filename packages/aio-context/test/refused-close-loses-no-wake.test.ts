import { AioContext } from '@coaio/aio-context';
import { blockUntil, sharedWords } from '@coaio/real-threads';
import { expect, test } from 'vitest';
import { startIOThread } from './support/io-thread.js';

const handles = new URL('./workers/handles.mjs', import.meta.url);

test('what another thread has woken runs by itself, and can be woken again', async () => {
  const thread = await startIOThread();
  await thread.run(handles, 'ready');
  const context = new AioContext({ name: 'disk' });
  let ran: () => void = () => {};
  const bottomHalf = context.createBottomHalf(() => ran(), 'flush');
  const { handle } = bottomHalf;
  for (let wake = 0; wake < 2; wake++) {
    const hasRun = new Promise<void>((resolve) => {
      ran = resolve;
    });
    const flag = sharedWords();
    const scheduled = thread.run(handles, 'schedulesAndTells', flag, handle);
    // The event loop stands still: the wake is met by close, and by no poll.
    blockUntil(flag);
    expect(() => context.close()).toThrow('bottom half "flush"');
    await Promise.all([scheduled, hasRun]);
  }
});
