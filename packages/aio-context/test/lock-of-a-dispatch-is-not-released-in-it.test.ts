import { AioContext, bigLock, getMainAioContext } from '@coaio/aio-context';
import { expect, test } from 'vitest';
import { startIOThread } from './support/io-thread.js';

const handles = new URL('./workers/handles.mjs', import.meta.url);
const notHeld = expect.objectContaining({ code: 'AIO_LOCK_NOT_HELD' });

test('a handler that releases more than it acquired is refused, and wakes are met as before', async () => {
  const thread = await startIOThread();
  const context = new AioContext({ name: 'disk' });
  const seen: unknown[] = [];
  context.acquire();
  context.release();
  context.dispatch(() => {
    context.acquire();
    context.release();
    try {
      context.release();
    } catch (error) {
      seen.push(error);
    }
  });
  expect(seen).toEqual([notHeld]);
  const hasRun = new Promise<void>((resolve) => {
    const { handle } = context.createBottomHalf(resolve);
    void thread.run(handles, 'schedules', handle);
  });
  await hasRun;
});

test('the big lock of a dispatch neither, in a nested poll as well', async () => {
  const main = getMainAioContext();
  main.acquire();
  main.release();
  const seen: unknown[] = [];
  const release = () => {
    try {
      bigLock.unlock();
    } catch (error) {
      seen.push(error);
    }
  };
  main.scheduleOneshot(() => {
    main.scheduleOneshot(release);
    main.poll();
    release();
    expect(bigLock.held).toBe(true);
  });
  main.poll();
  expect(seen).toEqual([notHeld, notHeld]);
  expect(bigLock.held).toBe(false);
});

test('a bottom half too', () => {
  const context = new AioContext();
  context.acquire();
  context.release();
  let thrown: unknown;
  context.scheduleOneshot(() => {
    try {
      context.release();
    } catch (error) {
      thrown = error;
    }
  });
  context.poll();
  expect(thrown).toEqual(notHeld);
});
