import {
  aioCoKick,
  beginWait,
  type Co,
  coSelf,
  endWait,
  type Lockable,
  onAbort,
  type WaitedFor,
  type WaitingLine,
} from '@coaio/coroutine';
import { Waiter } from './waiter.js';

export interface CoQueueWaitOptions {
  /** Waits at the head of the queue: for one that was woken and must wait again (`CO_QUEUE_WAIT_FRONT`). */
  front?: boolean | undefined;
  /** Ends the wait, unless a waking call has chosen it before: that wake must not be lost. */
  signal?: AbortSignal | undefined;
  /** What it waits for, shown in reports of who waits. */
  purpose?: string | undefined;
}

const YIELDED: IteratorResult<undefined, undefined> = Object.freeze({ done: false, value: undefined });
const ENDED: IteratorResult<undefined, undefined> = Object.freeze({ done: true, value: undefined });

/** What `yield*` needs of a generator that waits in `queue`. With a real one, a wake and the next wait take a third longer. */
export class Waiting {
  readonly #queue: WaitedFor;
  readonly #line: WaitingLine<Waiter>;
  readonly #lock: Lockable | undefined;
  readonly #options: CoQueueWaitOptions | undefined;
  #waiter: Waiter | null = null;
  #forget: (() => void) | null = null;
  /** Set once the wait is over. */
  #locking: Co<void> | null = null;

  constructor(
    queue: WaitedFor,
    line: WaitingLine<Waiter>,
    lock: Lockable | undefined,
    options: CoQueueWaitOptions | undefined,
  ) {
    this.#queue = queue;
    this.#line = line;
    this.#lock = lock;
    this.#options = options;
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(): IteratorResult<undefined, undefined> {
    this.#waiter ??= this.#lineUp();
    const waiter = this.#waiter;
    if (this.#locking === null) {
      if (waiter.state === 'waiting' || waiter.state === 'chosen') return YIELDED;
      this.#forget?.();
      endWait(waiter.coroutine);
      // Without the signal: who has waited holds the lock, however the wait has ended.
      if (this.#lock !== undefined) this.#locking = this.#lock.lock();
    }
    return this.#locking === null ? this.#end() : this.#pass(this.#locking.next());
  }

  /** The coroutine refuses what the lock has yielded: its error goes to where that was written. */
  throw(error: unknown): IteratorResult<undefined, undefined> {
    if (this.#locking === null) throw error;
    return this.#pass(this.#locking.throw(error));
  }

  #pass(step: IteratorResult<undefined, void>): IteratorResult<undefined, undefined> {
    return step.done === true ? this.#end() : step;
  }

  #end(): IteratorResult<undefined, undefined> {
    if (this.#waiter?.state === 'abandoned') throw this.#options?.signal?.reason;
    return ENDED;
  }

  #lineUp(): Waiter {
    const waiter = new Waiter(coSelf());
    const options = this.#options;
    options?.signal?.throwIfAborted();
    if (options?.front) this.#line.pushFront(waiter);
    else this.#line.push(waiter);
    if (this.#lock !== undefined) this.#letGo(this.#lock, waiter);
    beginWait(waiter.coroutine, this.#queue, options?.purpose);
    if (options?.signal !== undefined) this.#forget = onAbort(options.signal, () => this.#abandon(waiter));
    return waiter;
  }

  /** In the queue by now: whoever runs as soon as the lock is free may wake it already. */
  #letGo(lock: Lockable, waiter: Waiter): void {
    try {
      lock.unlock();
    } catch (error) {
      if (waiter.state === 'waiting') this.#line.remove(waiter);
      throw error;
    }
  }

  #abandon(waiter: Waiter): void {
    if (waiter.state !== 'waiting') return;
    this.#line.remove(waiter);
    waiter.state = 'abandoned';
    aioCoKick(waiter.coroutine);
  }
}
