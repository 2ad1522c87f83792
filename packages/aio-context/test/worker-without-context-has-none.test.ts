import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';

test('a worker that is no IOThread has no current context, and the main one is out of its reach', async () => {
  const worker = new Worker(new URL('./workers/plain-worker.mjs', import.meta.url));
  const [seen] = await once(worker, 'message');
  expect(seen).toEqual({
    current: undefined,
    inItsOwn: 'own',
    code: 'AIO_NO_MAIN_CONTEXT',
    message: 'getMainAioContext: the main context belongs to the main thread, and this is a worker',
  });
  await worker.terminate();
});
