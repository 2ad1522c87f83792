import { getMainAioContext } from '@coaio/aio-context';
import { type Co, coAwait, coRun } from '@coaio/coroutine';
import { QIOChannelPair, WriteBatch } from '@coaio/qio-channel';
import { expect, test, vi } from 'vitest';

const PAYLOAD = new Uint8Array(100 * 1024);

/** A batch whose channel still reads from memory after it was closed, as another thread's does. `end` is when it reads no more. */
function slow() {
  const [channel, peer] = QIOChannelPair.open();
  let end: { resolve: () => void; reject: (error: Error) => void } | undefined;
  const ended = new Promise<void>((resolve, reject) => {
    end = { resolve, reject };
  });
  channel.writevAll = function* (): Co<void> {
    yield* coAwait(ended);
  };
  const failed = vi.fn();
  const batch = new WriteBatch(channel, getMainAioContext(), failed);
  return { batch, channel, peer, failed, end: end as NonNullable<typeof end> };
}

async function turn(): Promise<void> {
  for (let count = 0; count < 3; count++) await new Promise(setImmediate);
}

test.each([
  ['returned', (end: ReturnType<typeof slow>['end']) => end.resolve()],
  ['failed', (end: ReturnType<typeof slow>['end']) => end.reject(new Error('closed'))],
])('until its write has %s', async (_how, over) => {
  const { batch, channel, failed, end } = slow();
  const leaving = batch.append(PAYLOAD);
  await turn();
  const gathered = batch.append(PAYLOAD);
  let isFree = false;
  const written = coRun(() => batch.written(leaving)).then(() => {
    isFree = true;
  });
  batch.close();
  channel.close();
  expect(batch.hasWritten(leaving)).toBe(false);
  // That one never left, and nobody waits for what is to leave no more.
  expect(batch.hasWritten(gathered)).toBe(true);
  expect(batch.pendingBytes).toBe(0);
  await coRun(() => batch.written(gathered));
  await coRun(() => batch.drained());
  await turn();
  expect(isFree).toBe(false);
  over(end);
  await written;
  expect(batch.hasWritten(leaving)).toBe(true);
  expect(failed).not.toHaveBeenCalled();
});
