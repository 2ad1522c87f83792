import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { bytes, connectToScript, reply } from './support/scripted-server.js';

test('until it is answered, and no longer', async () => {
  let arrived = (): void => {};
  const underWay = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  const { client } = await connectToScript(function* (server) {
    const request = yield* server.request();
    arrived();
    const signal = yield* server.request();
    yield* server.send(reply.data(request, 0, bytes(5)), reply.none(signal));
  });
  const url = new URL('workers/one-call.mjs', import.meta.url);
  const worker = new Worker(url, { workerData: client.handle });
  const told: unknown[] = [];
  worker.on('message', (message) => told.push(message));
  const exit = once(worker, 'exit');
  await underWay;
  // As long as threads that wait for nothing take to come and go.
  for (let count = 0; count < 3; count++) await once(new Worker('', { eval: true }), 'exit');
  await client.flush();
  expect(await exit).toEqual([0]);
  expect(told).toEqual([5]);
  await client.close();
});
