import { claimThread } from '@coaio/aio-context';
import { tellRunningCoroutine } from '@coaio/aio-context/shared';
import type { Coroutine } from './coroutine.js';
import { CoroutineError } from './coroutine-error.js';

claimThread('@coaio/coroutine', import.meta.url);

// Per thread: which coroutine runs.
let running: Coroutine | null = null;

tellRunningCoroutine(() => running?.name);

export function current(): Coroutine | null {
  return running;
}

export function setCurrent(coroutine: Coroutine | null): void {
  running = coroutine;
}

/** Whether the caller runs in a coroutine (`qemu_in_coroutine`). */
export function inCoroutine(): boolean {
  return running !== null;
}

/** The running coroutine (`qemu_coroutine_self`). @throws CoroutineError `COROUTINE_OUTSIDE`. */
export function coSelf(): Coroutine {
  return callerOf('coSelf');
}

/** The coroutine that called `operation`. @throws CoroutineError `COROUTINE_OUTSIDE`. */
export function callerOf(operation: string): Coroutine {
  if (running === null) {
    throw new CoroutineError('COROUTINE_OUTSIDE', `${operation}: called outside a coroutine`);
  }
  return running;
}
