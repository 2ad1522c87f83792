/**
 * Long work of one disk, a piece at a time whoever it is for: a request of somebody else would have to wait in the system's few threads for a
 * piece of each, also for those whose clients are gone.
 */
export class Turns {
  #last: Promise<void> = Promise.resolve();

  /** Runs `piece` once those that were asked for before have ended. @throws what it throws. */
  take<T>(piece: () => Promise<T>): Promise<T> {
    const taken = this.#last.then(piece);
    this.#last = taken.then(
      () => {},
      () => {},
    );
    return taken;
  }
}
