import { onThreadDeath } from '@coaio/aio-context/shared';

/** What looks again when a thread has ended: a shared connection, or a wait for one. */
export interface ThreadDeathListener {
  threadEnded(): void;
}

/** What is shared in this thread: one listener for deaths, and the connections by the cell of their bottom half. */
class LocalConnections<Connection> {
  readonly #listeners = new Set<ThreadDeathListener>();
  readonly #connections = new Map<number, { connection: Connection; generation: number }>();
  #watching = false;

  listen(listener: ThreadDeathListener): void {
    this.#listeners.add(listener);
    if (this.#watching) return;
    this.#watching = true;
    onThreadDeath(() => {
      for (const each of [...this.#listeners]) each.threadEnded();
    });
  }

  unlisten(listener: ThreadDeathListener): void {
    this.#listeners.delete(listener);
  }

  add(cell: number, generation: number, connection: Connection): void {
    this.#connections.set(cell, { connection, generation });
  }

  delete(cell: number): void {
    this.#connections.delete(cell);
  }

  get(cell: number, generation: number): Connection | undefined {
    const found = this.#connections.get(cell);
    return found?.generation === generation ? found.connection : undefined;
  }
}

/** This thread's. */
export const localConnections = new LocalConnections<unknown>();
