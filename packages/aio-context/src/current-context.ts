import type { AioContext } from './aio-context.js';
import { claimThread } from './one-copy-per-thread.js';

claimThread('@coaio/aio-context', import.meta.url);

// Per thread, as QEMU's thread-local `my_aiocontext`: what is being dispatched, and where the thread is at home.
let dispatching: AioContext | undefined;
let home: AioContext | undefined;

export function currentContext(): AioContext | undefined {
  return dispatching ?? home;
}

/** @returns what {@link leaveContext} must be given back. */
export function enterContext(context: AioContext | undefined): AioContext | undefined {
  const outer = dispatching;
  dispatching = context;
  return outer;
}

export function leaveContext(outer: AioContext | undefined): void {
  dispatching = outer;
}

export function homeContext(): AioContext | undefined {
  return home;
}

/** Once for each thread (`qemu_set_current_aio_context`). */
export function setHomeContext(context: AioContext): void {
  home = context;
}
