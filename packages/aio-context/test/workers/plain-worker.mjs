import { parentPort } from 'node:worker_threads';
import { AioContext, AioContextError, getCurrentAioContext, getMainAioContext } from '@coaio/aio-context';

const current = getCurrentAioContext();
const inItsOwn = new AioContext({ name: 'own' }).run(() => getCurrentAioContext()?.name);
try {
  getMainAioContext();
} catch (error) {
  if (!(error instanceof AioContextError)) throw error;
  parentPort?.postMessage({ current, inItsOwn, code: error.code, message: error.message });
}
