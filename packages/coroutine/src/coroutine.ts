import { type AioContext, getCurrentAioContext, type Resumable, throwUncaught } from '@coaio/aio-context';
import { type Wakeable, WakeableCell, wakeableOf } from '@coaio/aio-context/shared';
import { assertUnclaimed, calledBy, claimedBy, unclaim } from './claim.js';
import type { Co } from './co.js';
import { badEntry, badYield, CoroutineError } from './coroutine-error.js';
import { current, setCurrent } from './current-coroutine.js';
import { attachCoroutine, type CoroutineHandle, type RemoteCoroutine } from './remote-coroutine.js';
import { createChannel, endChannel, enterChannel, wakeChannel, yieldChannel } from './trace.js';
import type { CoWait } from './waits.js';

/**
 * Where a coroutine is in its life. `active`: on the chain of those entered and not yet back, one of which runs.
 * created -> active <-> yielded, active -> ended.
 */
export type CoroutineState = 'created' | 'active' | 'yielded' | 'ended';

/**
 * A generator that runs until it yields and goes on where it stopped when it is entered again (QEMU's
 * `Coroutine`). It remembers the context in which it last ran, so that whoever wakes it need not know.
 *
 * @thread home: it lives in one thread; within that thread it may move between contexts. Another thread wakes it by its
 * {@link handle}.
 */
export class Coroutine<T = unknown> implements Resumable, Wakeable {
  /** Where it last ran, or runs (`qemu_coroutine_get_aio_context`); undefined before it was first entered. */
  context: AioContext | undefined = undefined;
  /** How many coroutine locks it holds; it may not end before that is 0. Kept by the locks. */
  locksHeld = 0;
  /** @internal What it waits for, where that is known. */
  wait: CoWait | null = null;
  /** @internal Link of the context that resumes it. */
  nextScheduled: Resumable | null = null;
  /** @internal What asked for it to be entered and is not served yet: a coroutine's wait is ended once. */
  scheduledBy: string | null = null;
  /** @internal The coroutine that called that. */
  scheduledIn: Coroutine | null = null;
  /** @internal By which other threads know it, once one is to. */
  cell: WakeableCell | null = null;

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

  /**
   * The coroutine that `handle` names: itself in its own thread, a view of it in another.
   *
   * @throws AioContextError `AIO_BAD_HANDLE`, `AIO_OTHER_MEMORY`.
   */
  static attach(handle: CoroutineHandle): Coroutine | RemoteCoroutine {
    const view = attachCoroutine(handle);
    const own = wakeableOf(handle.cell);
    return own instanceof Coroutine && own.cell?.generation === handle.generation ? own : view;
  }

  protected constructor(entry: () => Co<T>, name?: string) {
    this.#entry = entry;
    this.#name = name;
    if (createChannel.hasSubscribers) createChannel.publish({ coroutine: this });
  }

  /** As it was given, else the entry function's; shown in errors. */
  get name(): string {
    return this.#name ?? (this.#entry.name || 'coroutine');
  }

  /** What names it in other threads; plain data for `postMessage` and `workerData`. Stale once it has ended. @throws `COROUTINE_ENDED` */
  get handle(): CoroutineHandle {
    return this.sharedCell.handle('Coroutine', this.name);
  }

  /** @internal */
  get sharedCell(): WakeableCell {
    if (this.#state === 'ended') {
      throw new CoroutineError('COROUTINE_ENDED', `handle: "${this.name}" has ended`);
    }
    if (this.cell === null) {
      this.cell = new WakeableCell(this);
      // It is scheduled already: a wake from another thread must find that out.
      if (this.onItsWay) this.cell.claim();
    }
    return this.cell;
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
    // That it has ended, or is active, its step finds out.
    if (this.scheduledBy !== null || this.cell !== null) assertUnclaimed(this, 'enter');
    this.enterClaimed(context);
  }

  /** @internal The claim is the caller's: enters it with the context as the current one, and with its lock. */
  enterClaimed(context: AioContext): void {
    const { lock } = context;
    if (lock.isFree) {
      lock.enter();
      try {
        context.run(() => this.#runChain(context));
      } finally {
        lock.leave();
      }
    } else if (getCurrentAioContext() === context) this.#runChain(context);
    else context.run(() => this.#runChain(context));
  }

  /** Enters it unless it is on the active chain (`qemu_coroutine_enter_if_inactive`). */
  enterIfInactive(): void {
    if (this.#state !== 'active') this.enter();
  }

  /** @internal The context's turn for it has come: in a dispatch. */
  resume(context: AioContext): void {
    this.#runChain(context);
  }

  /** @internal Whether its turn is sure to come: it is in a list of this thread. */
  get onItsWay(): boolean {
    return this.scheduledBy !== null;
  }

  /** @internal Another thread has claimed it. */
  woken(askedContext: AioContext | undefined): void {
    const context = askedContext ?? this.context ?? getCurrentAioContext();
    const operation = 'another thread';
    try {
      if (context === undefined) {
        throw new CoroutineError(
          'COROUTINE_NO_CONTEXT',
          `${operation}: "${this.name}" never ran, there is no context to wake it in`,
        );
      }
      context.schedule(this);
      this.scheduledBy = operation;
    } catch (error) {
      this.cell?.rearm();
      throw error;
    }
    if (wakeChannel.hasSubscribers) wakeChannel.publish({ coroutine: this, operation, waker: null, context });
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
    if (this.scheduledBy !== null) unclaim(this);
    this.#state = 'active';
    this.context = context;
    const enterer = current();
    if (enterChannel.hasSubscribers) enterChannel.publish({ coroutine: this, context, enterer });
    setCurrent(this);
    let result: IteratorResult<undefined, T>;
    try {
      if (this.#generator === null) {
        // Not called as a method: a stack trace would name this class in place of the function's.
        const entry = this.#entry;
        const generator: Partial<Co<T>> | undefined = entry();
        if (typeof generator?.next !== 'function' || Symbol.asyncIterator in generator)
          throw badEntry(this.name);
        this.#generator = generator as Co<T>;
      }
      result = this.#generator.next();
      // `yield` for `yield*`: nobody would ever wake it. Thrown where it was written.
      if (result.value !== undefined && !result.done) result = this.#generator.throw(badYield(this.name));
    } catch (error) {
      setCurrent(enterer);
      this.#end(this.locksHeld > 0 ? this.#lockHeld({ cause: error }) : error);
      return;
    }
    setCurrent(enterer);
    if (!result.done) {
      this.#state = 'yielded';
      if (yieldChannel.hasSubscribers)
        yieldChannel.publish({ coroutine: this, wait: this.wait ?? undefined });
      return;
    }
    if (this.locksHeld > 0) {
      this.#end(this.#lockHeld());
      return;
    }
    this.#state = 'ended';
    this.cell?.letGo();
    if (endChannel.hasSubscribers) endChannel.publish({ coroutine: this, thrown: null });
    this.ended(result.value);
  }

  #end(error: unknown): void {
    this.#state = 'ended';
    this.cell?.letGo();
    if (endChannel.hasSubscribers) endChannel.publish({ coroutine: this, thrown: { error } });
    this.failed(error);
  }

  #lockHeld(options?: ErrorOptions): CoroutineError {
    const threw = options === undefined ? '' : ' threw and';
    return new CoroutineError(
      'COROUTINE_LOCK_HELD',
      `end: "${this.name}"${threw} still holds ${this.locksHeld} locks`,
      options,
    );
  }

  #refuseEntry(): never {
    const by = claimedBy(this) ?? calledBy('enter', current());
    const wasClaimed = this.onItsWay;
    unclaim(this);
    // It could not be let go while it was claimed.
    if (wasClaimed && this.#state === 'ended') this.cell?.letGo();
    if (this.#state === 'ended') {
      throw new CoroutineError('COROUTINE_ENDED', `${by}: "${this.name}" has ended`);
    }
    throw new CoroutineError('COROUTINE_REENTERED', `${by}: "${this.name}" is active, it has not yielded`);
  }
}
