/** The closed commands of this thread that have not ended yet: one listener for all, and none when there are none. */
class TerminatedAtExit {
  readonly #terminations = new Set<() => void>();
  readonly #terminateAll = (): void => {
    for (const terminate of this.#terminations) terminate();
  };

  add(terminate: () => void): void {
    if (this.#terminations.size === 0) process.on('exit', this.#terminateAll);
    this.#terminations.add(terminate);
  }

  delete(terminate: () => void): void {
    this.#terminations.delete(terminate);
    if (this.#terminations.size === 0) process.off('exit', this.#terminateAll);
  }
}

/** This thread's. */
export const terminatedAtExit = new TerminatedAtExit();
