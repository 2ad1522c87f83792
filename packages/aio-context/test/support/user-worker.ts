import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { onTestFinished } from 'vitest';

/** A worker that is no IOThread, running `test/workers/<file>`; it has said that it is ready. */
export async function startWorker(file: string, workerData: unknown = null): Promise<Worker> {
  const worker = new Worker(new URL(`../workers/${file}`, import.meta.url), { workerData });
  onTestFinished(async () => {
    await worker.terminate();
  });
  await once(worker, 'message');
  return worker;
}
