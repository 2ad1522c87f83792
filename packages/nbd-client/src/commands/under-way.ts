import { CoQueue } from '@coaio/co-queue';
import type { Co } from '@coaio/coroutine';
import type { LateRequests } from '../requests/request-options.js';

/** Counts what has begun and not ended, for who waits until none of it is left. */
export class UnderWay implements LateRequests {
  #count = 0;
  readonly #ended: CoQueue;

  /** `name` is shown in reports. */
  constructor(name: string) {
    this.#ended = new CoQueue(name);
  }

  get isNone(): boolean {
    return this.#count === 0;
  }

  begin(): void {
    this.#count++;
  }

  end(): void {
    this.#count--;
    if (this.#count === 0) this.#ended.restartAll();
  }

  /** Waits until all has ended. @throws the reason of `signal`. */
  *ended(signal?: AbortSignal): Co<void> {
    while (this.#count > 0) yield* this.#ended.wait(undefined, { signal });
  }
}
