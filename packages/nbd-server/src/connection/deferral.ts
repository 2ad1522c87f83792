import { type Co, Coroutine } from '@coaio/coroutine';
import { backendFailure } from './backend-failure.js';
import type { InFlight } from './in-flight.js';
import type { Refusal } from './refusal.js';
import type { Replies } from './replies/replies.js';
import type { Request } from './request.js';
import { settled } from './work.js';

/** Requests that have to wait for the backend: each goes on in a coroutine of its own. */
export class Deferral {
  readonly #inFlight: InFlight;
  readonly #replies: Replies;

  constructor(inFlight: InFlight, replies: Replies) {
    this.#inFlight = inFlight;
    this.#replies = replies;
  }

  /**
   * Answers `request` once `work` settles: by `done`, or with what it failed with.
   *
   * @param request may change afterwards, `done` gets a copy
   * @param bytes held until then
   * @param release run in any case
   */
  after<T>(
    work: PromiseLike<T> | Co<T>,
    request: Request,
    bytes: number,
    done: (request: Request, result: T) => void,
    release?: () => void,
  ): void {
    const inFlight = this.#inFlight;
    const replies = this.#replies;
    const waiting = { ...request };
    inFlight.begin(bytes);
    const wait = function* (): Co<void> {
      let refusal: Refusal | null = null;
      let result: T | undefined;
      try {
        result = yield* settled(work);
      } catch (error) {
        refusal = backendFailure(error, waiting);
      }
      release?.();
      try {
        if (refusal === null) done(waiting, result as T);
        else replies.failure(waiting, refusal);
      } finally {
        // Now that its bytes are counted as a reply: nobody is to have them in between.
        inFlight.end(bytes);
      }
    };
    Coroutine.create(wait, 'request').enter();
  }
}
