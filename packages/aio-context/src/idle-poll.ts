import { IDLE_POLL_MS } from './pending-work.js';

/** The poll that idle bottom halves get if no other comes first. It does not hold the process open. */
export class IdlePoll {
  readonly #poll: () => void;
  #timeout: NodeJS.Timeout | null = null;

  constructor(poll: () => void) {
    this.#poll = poll;
  }

  ask(): void {
    this.#timeout ??= setTimeout(() => {
      this.#timeout = null;
      this.#poll();
    }, IDLE_POLL_MS).unref();
  }

  withdraw(): void {
    if (this.#timeout !== null) clearTimeout(this.#timeout);
    this.#timeout = null;
  }
}
