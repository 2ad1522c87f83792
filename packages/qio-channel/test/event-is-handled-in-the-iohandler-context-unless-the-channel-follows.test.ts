import { type AioContext, getIohandlerAioContext, getMainAioContext } from '@coaio/aio-context';
import { coRun } from '@coaio/coroutine';
import { expect, test } from 'vitest';
import { loopback, socketPair } from './support/socket-pair.js';

test.each([
  [false, ['iohandler', 'main']],
  [true, ['main', 'iohandler']],
])('follow %s: what the woken coroutine schedules in %s runs in that order', async (follow, order) => {
  const [left, right] = await socketPair(loopback);
  right.setFollowCoroutineCtx(follow);
  const ran: string[] = [];
  // The context that handles the event runs its bottom halves with it, the other one's wait for the event loop to come round.
  const schedule = (context: AioContext): Promise<void> =>
    new Promise((resolve) => {
      context.scheduleOneshot(() => {
        ran.push(context.name);
        resolve();
      });
    });
  const done: Promise<void>[] = [];
  const reading = coRun(function* () {
    yield* right.readvAll([new Uint8Array(1)]);
    done.push(schedule(getMainAioContext()), schedule(getIohandlerAioContext()));
  });
  await coRun(() => left.writevAll([new Uint8Array(1)]));
  await reading;
  await Promise.all(done);
  expect(ran).toEqual(order);
  left.close();
  right.close();
});
