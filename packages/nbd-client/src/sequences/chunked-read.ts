import { NbdServerError } from '../nbd-client-error.js';
import type { ReadChunk, ReadChunksReply } from './read-chunks-reply.js';

/** One request of `readChunks` under way: its chunks are taken as they arrive. */
export class ChunkedRead {
  readonly #reply: ReadChunksReply;
  #state: 'reading' | 'done' | 'failed' = 'reading';
  #error: unknown;
  #wake: () => void = () => {};

  /** @param answer resolves once `reply` has all of it */
  constructor(reply: ReadChunksReply, answer: Promise<void>) {
    this.#reply = reply;
    reply.onArrival = () => this.#wake();
    answer.then(
      () => this.#end('done'),
      (error: unknown) => this.#failed(error),
    );
  }

  /** @throws what kept the server from answering. What it refuses is in the chunks. */
  async *chunks(): AsyncGenerator<ReadChunk, void, undefined> {
    for (;;) {
      const arrived = this.#reply.take();
      if (arrived.length > 0) yield* arrived;
      else if (this.#state === 'failed') throw this.#error;
      else if (this.#state === 'done') return;
      else
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
    }
  }

  #failed(error: unknown): void {
    if (error instanceof NbdServerError) {
      this.#reply.failed(error);
      this.#end('done');
    } else {
      this.#error = error;
      this.#end('failed');
    }
  }

  #end(state: 'done' | 'failed'): void {
    this.#state = state;
    this.#wake();
  }
}
