import { isMainThread } from 'node:worker_threads';
import { AioContext } from './aio-context.js';
import { AioContextError } from './aio-context-error.js';
import { bigLockContext, isHeldMainContext } from './big-lock.js';
import { currentContext, homeContext, setHomeContext } from './current-context.js';
import type { RemoteAioContext } from './remote-aio-context.js';
import { HEADER, MAIN_CONTEXT, wordsOf } from './shared/layout.js';
import { whenJoined } from './shared/this-thread.js';

let iohandler: AioContext | undefined;

function mainContext(): AioContext {
  let main = homeContext();
  if (main === undefined) {
    main = new AioContext({ name: 'main' });
    setHomeContext(main);
  }
  return main;
}

if (isMainThread) {
  // The big lock is the main context's: workers find it here.
  whenJoined((thread) => {
    Atomics.store(thread.words, wordsOf(HEADER) + MAIN_CONTEXT, mainContext().handle.cell);
  });
}

/**
 * The context of this thread (`qemu_get_current_aio_context`): the one being dispatched, else the thread's home: the main
 * context in the main thread, its own in an IOThread. Another worker has the main context while it holds the big lock, else none.
 */
export function getCurrentAioContext(): AioContext | undefined {
  return currentContext() ?? (isMainThread ? mainContext() : bigLockContext());
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
  iohandler ??= new AioContext({ name: 'iohandler' }, { current: getCurrentAioContext });
  return iohandler;
}

/**
 * Whether what belongs to `context` may be touched here (`in_aio_context_home_thread`): it is this thread's own, or the main
 * context and this thread holds the big lock.
 */
export function inAioContextHomeThread(context: AioContext | RemoteAioContext): boolean {
  return context instanceof AioContext || isHeldMainContext(context.handle.cell);
}
