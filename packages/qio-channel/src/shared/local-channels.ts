import { joinThreads, onThreadDeath } from '@coaio/aio-context/shared';

/** What looks again when a thread has ended: a shared channel, or a view of one. */
export interface ThreadDeathListener {
  threadEnded(): void;
}

/** What is shared in this thread, each as long as it is: one listener for deaths, and the channels by the cell of their bottom half. */
class LocalChannels<Channel> {
  readonly #listeners = new Set<ThreadDeathListener>();
  readonly #channels = new Map<number, { channel: Channel; generation: number }>();
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

  add(cell: number, generation: number, channel: Channel): void {
    this.#channels.set(cell, { channel, generation });
  }

  delete(cell: number): void {
    this.#channels.delete(cell);
  }

  get(cell: number, generation: number): Channel | undefined {
    const found = this.#channels.get(cell);
    return found?.generation === generation ? found.channel : undefined;
  }
}

/** This thread's. */
export const localChannels = new LocalChannels<unknown>();
