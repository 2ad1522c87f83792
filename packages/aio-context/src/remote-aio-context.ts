import { AioContextError } from './aio-context-error.js';
import type { AioContextHandle } from './context-cell.js';
import { type ContextLockHolder, contextLockHolder } from './shared/context-lock-holder.js';
import { generationOf, TAG, wordsOf } from './shared/layout.js';
import { notifyThread } from './shared/notify-thread.js';
import { Remote } from './shared/remote.js';
import type { ThisThread } from './shared/this-thread.js';

/**
 * Another thread's view of an {@link AioContext}, from `AioContext.attach(handle)`. Coroutines and bottom halves of that
 * context are scheduled through handles of their own.
 *
 * @thread the one that attached it.
 */
export class RemoteAioContext extends Remote<'AioContext'> {
  readonly #lock: ContextLockHolder;

  /** @internal */
  constructor(thread: ThisThread, handle: AioContextHandle) {
    super(thread, handle);
    this.#lock = contextLockHolder(thread, handle.cell, false);
  }

  /** Ends a blocking poll of the context's thread (`aio_notify`). @throws AioContextError `AIO_THREAD_GONE`, `AIO_CONTEXT_CLOSED`. */
  notify(): void {
    this.assertAlive('notify');
    notifyThread(this.thread, this.handle.home);
  }

  /**
   * Blocks this thread until it has the context's lock (`aio_context_acquire`); recursive. Until {@link release} nothing of
   * that context runs: neither its bottom halves and timers nor its coroutines. A thread that ends lets go of it.
   *
   * @throws AioContextError `AIO_THREAD_GONE`, `AIO_CONTEXT_CLOSED`.
   */
  acquire(): void {
    this.assertAlive('acquire');
    this.#lock.acquire();
  }

  /** As often as {@link acquire} (`aio_context_release`). @throws AioContextError `AIO_LOCK_NOT_HELD`. */
  release(): void {
    this.#lock.release(this.name);
  }

  /** @internal Lets go of its lock, if this thread has it, while `callback` runs. */
  without(callback: () => void): void {
    this.#lock.without(callback);
  }

  /** @internal */
  assertAlive(operation: string): void {
    if (!isOpen(this.thread, this.handle)) {
      throw new AioContextError('AIO_CONTEXT_CLOSED', `${operation}: context "${this.name}" is closed`);
    }
    if (!this.isAlive) {
      throw new AioContextError(
        'AIO_THREAD_GONE',
        `${operation}: the thread of context "${this.name}" has ended`,
      );
    }
  }
}

/** Whether the context that the handle names has not been closed. */
function isOpen(thread: ThisThread, handle: AioContextHandle): boolean {
  return generationOf(Atomics.load(thread.words, wordsOf(handle.cell) + TAG)) === handle.generation;
}
