import { throwUncaught } from '@coaio/aio-context';
import { aioCoKick } from './aio-co.js';
import type { Co } from './co.js';
import { coYield } from './co-yield.js';
import type { Coroutine } from './coroutine.js';
import { CoroutineError } from './coroutine-error.js';
import { withCoroutineStack } from './coroutine-stack.js';
import { callerOf } from './current-coroutine.js';
import { onAbort } from './on-abort.js';
import { type InLine, WaitingLine } from './waiting-line.js';
import { beginWait, endWait, type WaitedFor } from './waits.js';

export interface SharedResourceOptions {
  /** Shown in errors and reports. */
  name?: string | undefined;
}

export interface SharedResourceGetOptions {
  /** Ends the wait when it aborts: `signal.reason` is thrown and nothing was taken. */
  signal?: AbortSignal | undefined;
  /** What it is wanted for, as `coWaits` reports it. */
  purpose?: string | undefined;
}

/** A request that waits. */
interface Request extends InLine<Request> {
  readonly amount: number;
  readonly coroutine: Coroutine;
  state: 'waiting' | 'granted' | 'aborted';
}

/**
 * An amount that coroutines share, such as bytes in flight (QEMU's `SharedResource`). Granted in the order of asking:
 * a large request is not overtaken by small ones, so it waits only for what was taken before it.
 *
 * @thread home
 */
export class SharedResource implements WaitedFor {
  readonly kind = 'SharedResource';
  readonly name: string;
  /** All there is. Any unit. */
  readonly total: number;
  #available: number;
  readonly #line = new WaitingLine<Request>();

  /** @throws CoroutineError `COROUTINE_RESOURCE_AMOUNT`: `total` is no integer from 0 on (`shres_create`). */
  constructor(total: number, options: SharedResourceOptions = {}) {
    this.name = options.name ?? 'shared-resource';
    this.#assertAmount('create', total);
    this.total = total;
    this.#available = total;
  }

  /** What nobody holds. While somebody waits, it is not enough for the first of them. */
  get available(): number {
    return this.#available;
  }

  /**
   * Takes `amount`, once it is there and all who asked before have got theirs (`co_get_from_shres`).
   *
   * @throws the signal's reason; CoroutineError `COROUTINE_RESOURCE_TOO_LARGE`: more than the total, so it would wait for
   * good; `COROUTINE_RESOURCE_AMOUNT`: no integer from 0 on; `COROUTINE_OUTSIDE`.
   */
  *get(amount: number, options?: SharedResourceGetOptions): Co<void> {
    const coroutine = callerOf('SharedResource.get');
    const signal = options?.signal;
    if (signal?.aborted) throw withCoroutineStack(signal.reason, coroutine.name, this.get);
    if (this.tryGet(amount)) return;
    const request: Request = { amount, coroutine, state: 'waiting', ahead: null, behind: null };
    this.#line.push(request);
    const takeBack = signal === undefined ? null : onAbort(signal, () => this.#abort(request));
    beginWait(coroutine, this, options?.purpose);
    try {
      while (request.state === 'waiting') yield* coYield();
    } finally {
      takeBack?.();
      endWait(coroutine);
      // Its generator was made to return: it does not want it any more.
      if (request.state === 'waiting') this.#abort(request);
    }
    if (request.state === 'aborted') throw withCoroutineStack(signal?.reason, coroutine.name, this.get);
  }

  /**
   * Takes `amount` if that needs no wait: it is there and nobody waits (`co_try_get_from_shres`).
   *
   * @returns whether it was taken.
   * @throws CoroutineError as {@link get}.
   */
  tryGet(amount: number): boolean {
    this.#assertAmount('get', amount);
    if (amount > this.total) {
      throw new CoroutineError(
        'COROUTINE_RESOURCE_TOO_LARGE',
        `get: ${amount} of "${this.name}" exceeds its total of ${this.total}`,
      );
    }
    if (!this.#line.isEmpty || amount > this.#available) return false;
    this.#available -= amount;
    return true;
  }

  /**
   * Gives `amount` back, which need not be as much as was taken at once (`co_put_to_shres`). Whom it is enough for
   * holds theirs when this returns, and runs as `aioCoWake` says; what it throws then becomes the thread's uncaught
   * exception. In or outside a coroutine.
   *
   * @throws CoroutineError `COROUTINE_RESOURCE_NOT_TAKEN`: more than is taken; `COROUTINE_RESOURCE_AMOUNT`.
   */
  put(amount: number): void {
    this.#assertAmount('put', amount);
    const taken = this.total - this.#available;
    if (amount > taken) {
      throw new CoroutineError(
        'COROUTINE_RESOURCE_NOT_TAKEN',
        `put: ${amount} of "${this.name}" exceeds the ${taken} that are taken`,
      );
    }
    this.#available += amount;
    this.#grant();
  }

  #grant(): void {
    const granted: Coroutine[] = [];
    for (
      let first = this.#line.first;
      first !== null && first.amount <= this.#available;
      first = this.#line.first
    ) {
      this.#available -= first.amount;
      first.state = 'granted';
      this.#line.remove(first);
      granted.push(first.coroutine);
    }
    // Afterwards: outside a coroutine a woken one runs at once, and may give back and grant in turn.
    for (const coroutine of granted) wake(coroutine);
  }

  #abort(request: Request): void {
    if (request.state !== 'waiting') return;
    request.state = 'aborted';
    this.#line.remove(request);
    wake(request.coroutine);
    // It may have been the one that the others waited behind.
    this.#grant();
  }

  #assertAmount(operation: string, amount: number): void {
    if (Number.isSafeInteger(amount) && amount >= 0) return;
    throw new CoroutineError(
      'COROUTINE_RESOURCE_AMOUNT',
      `${operation}: ${amount} of "${this.name}" is not an integer from 0 to ${Number.MAX_SAFE_INTEGER}`,
    );
  }
}

function wake(coroutine: Coroutine): void {
  try {
    aioCoKick(coroutine);
  } catch (error) {
    // The others must be woken all the same.
    throwUncaught(error);
  }
}
