// A worker that was given nothing but memory of the user's own: it changes it once the main thread sleeps, and kicks.
import { parentPort, workerData } from 'node:worker_threads';
import { aioWaitKick } from '@coaio/aio-context';
import { ASLEEP, wordsOf } from '@coaio/aio-context/shared';

const { done, handle } = workerData;
parentPort?.postMessage('ready');
parentPort?.once('message', () => {
  while (Atomics.load(new Int32Array(handle.memory), wordsOf(handle.home) + ASLEEP) === 0);
  Atomics.store(done, 0, 1);
  aioWaitKick();
});
