// A worker of the user: gives the handle of a bottom half, or ends, when it is told to.
import { parentPort } from 'node:worker_threads';
import { AioContext } from '@coaio/aio-context';

const context = new AioContext({ name: 'user' });
const bottomHalf = context.createBottomHalf(() => {}, 'flush');
parentPort?.on('message', (what) => {
  if (what === 'exit') process.exit(3);
  parentPort?.postMessage(bottomHalf.handle);
});
parentPort?.postMessage('ready');
