import { CoQueue } from '@coaio/co-queue';
import type { Co } from '@coaio/coroutine';
import type { LateRequests } from '../requests/request-options.js';

/** Writes that were given up, and that the server may still do. */
export class LateWrites implements LateRequests {
  #count = 0;
  readonly #over = new CoQueue('late writes');

  begin(): void {
    this.#count++;
  }

  end(): void {
    this.#count--;
    if (this.#count === 0) this.#over.restartAll();
  }

  /** Waits until the server has done all of them, or cannot any more. @throws the reason of `signal`. */
  *ended(signal: AbortSignal | undefined): Co<void> {
    while (this.#count > 0) yield* this.#over.wait(undefined, { signal });
  }
}
