// A plain worker: nothing keeps it alive but the call that it waits for.
import { parentPort, workerData } from 'node:worker_threads';
import { NbdClient } from '@coaio/nbd-client';

const view = NbdClient.attach(workerData, { onEvent: () => {} });
const data = await view.read(0, 5);
parentPort?.postMessage(data.length);
// The view stays open, and lets the thread end.
