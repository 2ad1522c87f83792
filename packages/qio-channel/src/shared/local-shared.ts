import { joinThreads, onThreadDeath } from '@coaio/aio-context/shared';

/** What looks again when a thread has ended: something shared, or a view of it. */
export interface ThreadDeathListener {
  threadEnded(): void;
}

/** What is shared in this thread, each as long as it is: one listener for deaths, and the things by the cell of their bottom half. */
export class LocalShared<Shared> {
  readonly #listeners = new Set<ThreadDeathListener>();
  readonly #shared = new Map<number, { shared: Shared; generation: number }>();
  #watching = false;

  listen(listener: ThreadDeathListener): void {
    this.#listeners.add(listener);
    if (this.#watching) return;
    this.#watching = true;
    joinThreads();
    onThreadDeath(() => {
      for (const each of [...this.#listeners]) each.threadEnded();
    });
  }

  unlisten(listener: ThreadDeathListener): void {
    this.#listeners.delete(listener);
  }

  add(cell: number, generation: number, shared: Shared): void {
    this.#shared.set(cell, { shared, generation });
  }

  delete(cell: number): void {
    this.#shared.delete(cell);
  }

  get(cell: number, generation: number): Shared | undefined {
    const found = this.#shared.get(cell);
    return found?.generation === generation ? found.shared : undefined;
  }
}
