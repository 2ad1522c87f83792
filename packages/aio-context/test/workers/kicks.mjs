// A worker of the user that ends the wait of another thread, once that one sleeps.
import { parentPort } from 'node:worker_threads';
import { AioContext } from '@coaio/aio-context';
import { setsAndKicksOnceItSleeps } from './wakes-a-blocked-thread.mjs';

parentPort?.on('message', ({ handle, done }) => {
  AioContext.attach(handle);
  setsAndKicksOnceItSleeps(handle, done);
});
parentPort?.postMessage('ready');
