import { type ContextLockHolder, lockNotHeld } from './shared/context-lock-holder.js';

/** A context's lock as its own thread uses it: there once another thread may know the context, and held in each dispatch. */
export class DispatchLock {
  #holder: ContextLockHolder | null;
  // Dispatches under way, one in another.
  #dispatches = 0;

  /** @param holder whose lock it takes, if not its own. */
  constructor(holder: ContextLockHolder | null) {
    this.#holder = holder;
  }

  /** Whether there is a lock that this thread does not hold. */
  get isFree(): boolean {
    return this.#holder !== null && !this.#holder.held;
  }

  /** The context has a cell from now on. Callbacks under way have the lock already. */
  give(holder: ContextLockHolder): void {
    if (this.#holder !== null) return;
    this.#holder = holder;
    for (let dispatch = 0; dispatch < this.#dispatches; dispatch++) holder.enterDispatch();
  }

  /** A dispatch begins. */
  enter(): void {
    this.#dispatches++;
    this.#holder?.enterDispatch();
  }

  /** It ends. */
  leave(): void {
    this.#dispatches--;
    this.#holder?.leaveDispatch();
  }

  acquire(): void {
    this.#holder?.acquire();
  }

  release(context: string): void {
    if (this.#holder === null) throw lockNotHeld(context);
    this.#holder.release(context);
  }

  /** Lets go of it while `callback` runs. */
  without(callback: () => void): void {
    if (this.#holder === null) callback();
    else this.#holder.without(callback);
  }
}
