/** What the destroyed write streams of a client still have under way. */
export class EndingWrites {
  readonly #streams = new Set<Promise<void>>();

  /** @param idle resolves once a stream has nothing under way */
  add(idle: Promise<void>): void {
    this.#streams.add(idle);
    idle.then(() => this.#streams.delete(idle));
  }

  /** Null: there is nothing to wait for. */
  ended(): Promise<unknown> | null {
    return this.#streams.size === 0 ? null : Promise.all(this.#streams);
  }
}
