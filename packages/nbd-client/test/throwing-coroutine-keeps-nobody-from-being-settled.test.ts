import { AioContext } from '@coaio/aio-context';
import { Coroutine } from '@coaio/coroutine';
import { expect, onTestFinished, test } from 'vitest';
import { connectToScript } from './support/scripted-server.js';

test('one that lets the error of its read through: the other read settles, and so does close', async () => {
  const uncaught: unknown[] = [];
  process.setUncaughtExceptionCaptureCallback((error) => uncaught.push(error));
  onTestFinished(() => process.setUncaughtExceptionCaptureCallback(null));
  const controller = new AbortController();
  const { client, ended } = await connectToScript((server) => server.requests(2), {
    client: { signal: controller.signal },
  });
  Coroutine.create(function* () {
    yield* client.co.read(0, 10);
  }).enter(new AioContext());
  Coroutine.create(function* () {
    yield* client.co.read(0, 10);
  }).enter();
  const other = client.read(10, 10);
  const closing = client.close();
  await ended;
  controller.abort(new Error('enough'));
  await expect(other).rejects.toMatchObject({ code: 'NBD_CONNECTION_LOST' });
  await closing;
  await new Promise(setImmediate);
  expect(uncaught).toHaveLength(2);
});
