import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';

test('in a worker with no current context, enter and coRun ask for one', async () => {
  const worker = new Worker(new URL('./workers/without-context.mjs', import.meta.url));
  const [{ enter, coRun, given }] = await once(worker, 'message');
  expect(enter).toEqual({
    code: 'COROUTINE_NO_CONTEXT',
    message: 'enter: "entry" needs a context, this thread has none',
  });
  expect(coRun).toEqual({
    code: 'COROUTINE_NO_CONTEXT',
    message: 'coRun: this thread has no current context, give one in options.context',
  });
  expect(given).toBe('own');
  await worker.terminate();
});
