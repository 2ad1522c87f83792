import { isMainThread } from 'node:worker_threads';
import { AioContext } from './aio-context.js';
import { AioContextError } from './aio-context-error.js';
import { currentContext, homeContext, setHomeContext } from './current-context.js';

let iohandler: AioContext | undefined;

function mainContext(): AioContext {
  let main = homeContext();
  if (main === undefined) {
    main = new AioContext({ name: 'main' });
    setHomeContext(main);
  }
  return main;
}

/**
 * The context of this thread (`qemu_get_current_aio_context`): the one being dispatched, else the thread's home:
 * the main context in the main thread, its own in an IOThread. A worker that is neither has none.
 */
export function getCurrentAioContext(): AioContext | undefined {
  return currentContext() ?? (isMainThread ? mainContext() : undefined);
}

/**
 * The main thread's context (`qemu_get_aio_context`).
 *
 * @thread main; elsewhere it throws `AIO_NO_MAIN_CONTEXT`.
 */
export function getMainAioContext(): AioContext {
  if (!isMainThread) {
    throw new AioContextError(
      'AIO_NO_MAIN_CONTEXT',
      'getMainAioContext: the main context belongs to the main thread, and this is a worker',
    );
  }
  return mainContext();
}

/**
 * The thread's context for handlers that must not run in a nested poll of another context
 * (`iohandler_get_aio_context`). While it is dispatched, the thread's home is current.
 */
export function getIohandlerAioContext(): AioContext {
  iohandler ??= new AioContext({ name: 'iohandler' }, getCurrentAioContext);
  return iohandler;
}
