import type { AioTimer } from '@coaio/aio-context';
import { ConnectionLostError } from '../nbd-client-error.js';
import { startTimer } from '../start-timer.js';
import type { ConnectPlan } from './connect-plan.js';

/** What ends an attempt from outside: `openTimeoutMs`, for all its stages together, and a signal. {@link release} it in the end. */
export class AttemptLimit {
  // Not AbortSignal.any: it leaves something on the caller's signal for good.
  readonly #stop = new AbortController();
  readonly #given: AbortSignal | undefined;
  readonly #timer: AioTimer | undefined;
  readonly #forward = (): void => this.#stop.abort(this.#given?.reason);

  constructor(operation: string, { context, clock, openTimeoutMs }: ConnectPlan, signal?: AbortSignal) {
    this.#given = signal;
    signal?.addEventListener('abort', this.#forward);
    if (signal?.aborted === true) this.#forward();
    this.#timer = startTimer(context, clock, openTimeoutMs, () => {
      const why = `not done after ${openTimeoutMs} ms (openTimeoutMs)`;
      this.#stop.abort(new ConnectionLostError(operation, why, 'NBD_TIMEOUT'));
    });
  }

  /** Aborts when the attempt is to end. It is nobody else's: listeners need not be taken off. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** `promise`, or the reason to stop. For what cannot be stopped itself, and leaves nothing behind. */
  race<T>(promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      promise.then(resolve, reject);
      this.signal.addEventListener('abort', () => reject(this.signal.reason));
      if (this.signal.aborted) reject(this.signal.reason);
    });
  }

  release(): void {
    this.#timer?.del();
    this.#given?.removeEventListener('abort', this.#forward);
  }
}
