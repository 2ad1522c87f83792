// The other side of the MessagePort in cross-thread-wake.mjs.
import { parentPort } from 'node:worker_threads';

parentPort?.on('message', () => parentPort?.postMessage(0));
