import { parentPort } from 'node:worker_threads';
import { AioContext, getCurrentAioContext } from '@coaio/aio-context';
import { Coroutine, CoroutineError, coRun } from '@coaio/coroutine';

/** @returns {import('@coaio/coroutine').Co<string | undefined>} */
function* entry() {
  return getCurrentAioContext()?.name;
}

/** @param {() => unknown} call */
async function refusal(call) {
  try {
    await call();
    return 'not refused';
  } catch (error) {
    if (!(error instanceof CoroutineError)) throw error;
    return { code: error.code, message: error.message };
  }
}

parentPort?.postMessage({
  enter: await refusal(() => Coroutine.create(entry).enter()),
  coRun: await refusal(() => coRun(entry)),
  given: await coRun(entry, { context: new AioContext({ name: 'own' }) }),
});
