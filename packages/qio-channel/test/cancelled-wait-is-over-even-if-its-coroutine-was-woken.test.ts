import { AioContext } from '@coaio/aio-context';
import { coRun } from '@coaio/coroutine';
import { QIO_CHANNEL_ERR_BLOCK, QIOChannelPair } from '@coaio/qio-channel';
import { expect, test } from 'vitest';

// The coroutine that reads for another thread has its turn to come when that thread gives the read up.
test('woken in its context and not yet run: it does not wait again', async () => {
  const [channel] = QIOChannelPair.open();
  const context = new AioContext({ name: 'other' });
  const reading = coRun(() => channel.transferFor('in', [new Uint8Array(1)], true), { context });
  context.poll();
  channel.setFollowCoroutineCtx(true);
  await coRun(function* () {
    channel.wakeRead();
    channel.cancelWait('in');
  });
  for (let polls = 0; polls < 5; polls++) context.poll();
  expect(await reading).toBe(QIO_CHANNEL_ERR_BLOCK);
});
