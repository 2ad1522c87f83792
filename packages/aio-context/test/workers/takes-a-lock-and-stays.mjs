// Takes the lock of the context that it was given. Ends when it is told to, with the lock.
import { parentPort, workerData } from 'node:worker_threads';
import { AioContext } from '@coaio/aio-context';

parentPort?.on('message', () => process.exit(0));
const context = AioContext.attach(workerData);
if (workerData.waits) parentPort?.postMessage('waits');
context.acquire();
parentPort?.postMessage('holds');
