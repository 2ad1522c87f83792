import { type AioContext, getCurrentAioContext, type Resumable, throwUncaught } from '@coaio/aio-context';
import type { Co } from './co.js';
import { CoroutineError } from './coroutine-error.js';
import { current, setCurrent } from './current-coroutine.js';

/**
 * Where a coroutine is in its life. `active`: on the chain of those entered and not yet back, one of which runs.
 * created -> active <-> yielded, active -> ended.
 */
export type CoroutineState = 'created' | 'active' | 'yielded' | 'ended';

/**
 * A generator that runs until it yields and goes on where it stopped when it is entered again (QEMU's
 * `Coroutine`). It remembers the context in which it last ran, so that whoever wakes it need not know.
 *
 * @thread home: it lives in one thread; within that thread it may move between contexts.
 */
export class Coroutine<T = unknown> implements Resumable {
  /** Where it last ran, or runs (`qemu_coroutine_get_aio_context`); undefined before it was first entered. */
  context: AioContext | undefined = undefined;
  /** How many coroutine locks it holds; it may not end before that is 0. Kept by the locks. */
  locksHeld = 0;
  /** @internal Link of the context that resumes it. */
  nextScheduled: Resumable | null = null;
  /** @internal Who asked for it to be entered and is not served yet: a coroutine's wait is ended once. */
  scheduledBy: string | null = null;

  readonly #name: string | undefined;
  readonly #entry: () => Co<T>;
  #generator: Co<T> | null = null;
  #state: CoroutineState = 'created';
  // The coroutines it woke, which run when it yields or ends; linked through their own #nextWoken.
  #wokenHead: Coroutine | null = null;
  #wokenTail: Coroutine | null = null;
  #nextWoken: Coroutine | null = null;

  /** A coroutine that has not started (`qemu_coroutine_create`). `name` is shown in errors. */
  static create<T>(entry: () => Co<T>, name?: string): Coroutine<T> {
    return new Coroutine(entry, name);
  }

  protected constructor(entry: () => Co<T>, name?: string) {
    this.#entry = entry;
    this.#name = name;
  }

  /** As it was given, else the entry function's; shown in errors. */
  get name(): string {
    return this.#name ?? (this.#entry.name || 'coroutine');
  }

  get state(): CoroutineState {
    return this.#state;
  }

  /** Whether it is on the active chain (`qemu_coroutine_entered`). */
  get entered(): boolean {
    return this.#state === 'active';
  }

  /**
   * Runs it in `context` until it yields or ends, then those that it woke, depth first
   * (`qemu_aio_coroutine_enter`). What it throws, its enterer gets.
   *
   * @throws CoroutineError `COROUTINE_REENTERED`, `COROUTINE_ENDED`, `COROUTINE_ALREADY_SCHEDULED`: it cannot be
   * entered now; `COROUTINE_NO_CONTEXT`: this thread has no current context and none was given.
   */
  enter(context: AioContext | undefined = getCurrentAioContext()): void {
    if (context === undefined) {
      throw new CoroutineError(
        'COROUTINE_NO_CONTEXT',
        `enter: "${this.name}" needs a context, this thread has none`,
      );
    }
    if (this.scheduledBy !== null) {
      throw new CoroutineError(
        'COROUTINE_ALREADY_SCHEDULED',
        `enter: "${this.name}" is scheduled already, by ${this.scheduledBy}`,
      );
    }
    if (getCurrentAioContext() === context) this.#runChain(context);
    else context.run(() => this.#runChain(context));
  }

  /** Enters it unless it is on the active chain (`qemu_coroutine_enter_if_inactive`). */
  enterIfInactive(): void {
    if (this.#state !== 'active') this.enter();
  }

  /** @internal The context's turn for it has come. */
  resume(context: AioContext): void {
    this.scheduledBy = null;
    this.#runChain(context);
  }

  /** @internal Runs `woken` after this one, which is running, has yielded or ended. */
  queueWoken(woken: Coroutine): void {
    if (this.#wokenTail === null) this.#wokenHead = woken;
    else this.#wokenTail.#nextWoken = woken;
    this.#wokenTail = woken;
  }

  /** Called with the value that it ended with. */
  protected ended(_value: T): void {}

  /** Called with what it threw; what this throws, the enterer gets. */
  protected failed(error: unknown): void {
    throw error;
  }

  #runChain(context: AioContext): void {
    let thrown: { error: unknown } | null = null;
    try {
      this.#step(context);
    } catch (error) {
      // Those it woke must run all the same.
      thrown = { error };
    }
    let pending = this.#takeWoken(null);
    while (pending !== null) {
      const next: Coroutine = pending;
      pending = next.#nextWoken;
      next.#nextWoken = null;
      next.scheduledBy = null;
      try {
        next.#step(context);
      } catch (error) {
        // Not the enterer's affair: it only entered the one that woke this one.
        throwUncaught(error);
      }
      pending = next.#takeWoken(pending);
    }
    if (thrown !== null) throw thrown.error;
  }

  /** Detaches those it woke, with `rest` behind them. */
  #takeWoken(rest: Coroutine | null): Coroutine | null {
    const head = this.#wokenHead;
    // Still active: it was refused entry, and has not yielded since it woke them.
    if (head === null || this.#state === 'active') return rest;
    if (this.#wokenTail !== null) this.#wokenTail.#nextWoken = rest;
    this.#wokenHead = null;
    this.#wokenTail = null;
    return head;
  }

  #step(context: AioContext): void {
    if (this.#state === 'active' || this.#state === 'ended') this.#refuseEntry();
    this.#state = 'active';
    this.context = context;
    const enterer = current();
    setCurrent(this);
    let result: IteratorResult<undefined, T>;
    try {
      this.#generator ??= this.#entry();
      result = this.#generator.next();
      // `yield` for `yield*`: nobody would ever wake it. Thrown where it was written.
      if (result.value !== undefined && !result.done) result = this.#generator.throw(this.#badYield());
    } catch (error) {
      setCurrent(enterer);
      this.#state = 'ended';
      this.failed(error);
      return;
    }
    setCurrent(enterer);
    if (!result.done) {
      this.#state = 'yielded';
      return;
    }
    this.#state = 'ended';
    if (this.locksHeld > 0) {
      this.failed(
        new CoroutineError('COROUTINE_LOCK_HELD', `end: "${this.name}" still holds ${this.locksHeld} locks`),
      );
    } else this.ended(result.value);
  }

  #badYield(): CoroutineError {
    return new CoroutineError(
      'COROUTINE_BAD_YIELD',
      `yield: "${this.name}" yielded a value, call coroutine functions with yield*`,
    );
  }

  #refuseEntry(): never {
    if (this.#state === 'ended') {
      throw new CoroutineError('COROUTINE_ENDED', `enter: "${this.name}" has ended`);
    }
    throw new CoroutineError('COROUTINE_REENTERED', `enter: "${this.name}" is active, it has not yielded`);
  }
}
