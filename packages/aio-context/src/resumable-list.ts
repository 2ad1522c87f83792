import type { AioContext } from './aio-context.js';
import type { Resumable } from './resumable.js';
import { throwUncaught } from './uncaught.js';

/** Coroutines to resume in one context, first in first out, linked through themselves. */
export class ResumableList {
  #head: Resumable | null = null;
  #tail: Resumable | null = null;
  // What the turn under way has taken; a nested one goes on with it.
  #taken: Resumable | null = null;
  #takenTail: Resumable | null = null;

  /** Whether a turn under way has some left. */
  get isInterrupted(): boolean {
    return this.#taken !== null;
  }

  add(resumable: Resumable): void {
    resumable.nextScheduled = null;
    if (this.#tail === null) this.#head = resumable;
    else this.#tail.nextScheduled = resumable;
    this.#tail = resumable;
  }

  /** Resumes all that are scheduled now. */
  resumeAll(context: AioContext): void {
    if (this.#takenTail === null) this.#taken = this.#head;
    else this.#takenTail.nextScheduled = this.#head;
    this.#takenTail = this.#tail ?? this.#takenTail;
    this.#head = null;
    this.#tail = null;
    while (this.#taken !== null) {
      const resumable: Resumable = this.#taken;
      this.#taken = resumable.nextScheduled;
      if (this.#taken === null) this.#takenTail = null;
      resumable.nextScheduled = null;
      try {
        resumable.resume(context);
      } catch (error) {
        throwUncaught(error);
      }
    }
  }

  get count(): number {
    let count = 0;
    for (const head of [this.#taken, this.#head]) {
      for (let resumable = head; resumable !== null; resumable = resumable.nextScheduled) count++;
    }
    return count;
  }
}
