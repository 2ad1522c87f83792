import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { getMainAioContext } from '@coaio/aio-context';
import { coRun } from '@coaio/coroutine';
import { QIOChannelPair, WriteBatch } from '@coaio/qio-channel';
import { expect, test } from 'vitest';

const SIZE = 64 * 1024;

function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
}

test('a batch that waits for more refers to nothing that it has written, and has told of it', async () => {
  const [channel, peer] = QIOChannelPair.open({ capacity: SIZE / 2 });
  const pending: number[] = [];
  const batch: WriteBatch = new WriteBatch(
    channel,
    getMainAioContext(),
    (error) => expect.unreachable(String(error)),
    () => pending.push(batch.pendingBytes),
  );
  const appended = (): WeakRef<Uint8Array> => {
    const payload = new Uint8Array(SIZE);
    batch.append(payload);
    return new WeakRef(payload);
  };
  const payload = appended();
  let read = 0;
  while (read < SIZE) read += await coRun(() => peer.readv([new Uint8Array(SIZE)]));
  await coRun(() => batch.drained());
  expect(pending).toEqual([0]);
  await setImmediate();
  collectGarbage();
  expect(payload.deref()).toBeUndefined();
  channel.close();
});
