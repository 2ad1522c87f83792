import { NbdServerError } from '../nbd-client-error.js';
import type { ReadChunk, ReadChunksReply, Stretch } from './read-chunks-reply.js';

/** One request of `readChunks` under way: its chunks are taken as they arrive. */
export class ChunkedRead {
  readonly #reply: ReadChunksReply;
  #state: 'reading' | 'done' | 'failed' = 'reading';
  #error: unknown;
  #refusal: NbdServerError | null = null;
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

  /** What came. @throws what kept the server from answering. What it refuses is in {@link refusal}. */
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

  /** After the chunks: what to ask for instead, if the server refused this and may say more of less. */
  narrower(least: number): readonly Stretch[] {
    if (this.#refusal === null || this.#refusal.errno === 'ESHUTDOWN') return [];
    return this.#reply.narrower(least);
  }

  /** After the chunks: what the server refused, and what therefore did not come. */
  refusal(): readonly ReadChunk[] {
    if (this.#refusal === null) return [];
    this.#reply.failed(this.#refusal);
    return this.#reply.take();
  }

  #failed(error: unknown): void {
    if (error instanceof NbdServerError) {
      this.#refusal = error;
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
