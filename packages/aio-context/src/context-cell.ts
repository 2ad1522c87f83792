import type { AioContext } from './aio-context.js';
import { RemoteAioContext } from './remote-aio-context.js';
import { type CellHandle, joinByHandle, makeHandle } from './shared/cell-handle.js';
import {
  type ContextLockHolder,
  contextLockHolder,
  forgetContextLock,
} from './shared/context-lock-holder.js';
import { CONTEXT, FREE, generationOf, TAG, tagOf, wordsOf } from './shared/layout.js';
import { joinThreads, type ThisThread } from './shared/this-thread.js';
import { onThreadDeath } from './thread-loop/deaths.js';

/** Names a context in any thread of the process. */
export type AioContextHandle = CellHandle<'AioContext'>;

// Per thread: its contexts that have a cell, and the views that it has of others'.
const contexts = new Map<number, AioContext>();
const views = new Map<number, RemoteAioContext>();

export function contextOfCell(cell: number): AioContext | undefined {
  return contexts.get(cell);
}

/** What the other threads know of a context. Made when the first of them is to know it. */
export class ContextCell {
  readonly handle: AioContextHandle;
  readonly lock: ContextLockHolder;
  readonly #thread: ThisThread;

  constructor(context: AioContext) {
    this.#thread = joinThreads();
    const cell = this.#thread.takeCell(CONTEXT, context.name);
    this.#thread.bring(cell);
    this.handle = makeHandle('AioContext', context.name, this.#thread, cell);
    this.lock = contextLockHolder(this.#thread, cell, true);
    contexts.set(cell, context);
  }

  /** The cell is not used again: a wake that asks for this context may still be on its way. */
  close(): void {
    const { cell } = this.handle;
    const at = wordsOf(cell) + TAG;
    const { words } = this.#thread;
    Atomics.store(words, at, tagOf(generationOf(Atomics.load(words, at)) + 1, FREE));
    contexts.delete(cell);
  }
}

/** See `AioContext.attach`. */
export function attachContext(handle: AioContextHandle): AioContext | RemoteAioContext {
  const thread = joinByHandle('AioContext', handle);
  const own = contexts.get(handle.cell);
  if (own !== undefined) return own;
  const view = views.get(handle.cell) ?? new RemoteAioContext(thread, handle);
  view.assertAlive('attach');
  views.set(handle.cell, view);
  return view;
}

// Else who starts and joins threads for long would keep something of each.
onThreadDeath(() => {
  for (const [cell, view] of views) {
    if (view.isAlive) continue;
    views.delete(cell);
    forgetContextLock(cell);
  }
});
