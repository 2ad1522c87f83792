import { BroadcastChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { newSharedChunk } from './chunk.js';
import { type Chunks, GROUP } from './chunk-table.js';

/** Word: the last number that a chunk was given. Written by: who makes one, by `add`. */
const LAST_ID = 0;
/** Word: 1 since the first chunk was made. Written before it is sent: who joins the channel and reads 0 then gets all. */
const IN_USE = 1;
/**
 * Words of the groups: 1 once one of its chunks was there, for ever. Written before the chunk's word. A stale 0 is a chunk that was made by a
 * request that is under way.
 */
const GROUPS = 2;

/** What all threads have, as plain data. */
export interface SharedChunksHandle {
  readonly words: SharedArrayBuffer;
  readonly channel: string;
}

/** A chunk is there for all, or needed no more. */
type News = { readonly id: number; readonly memory: SharedArrayBuffer | null };

/**
 * Chunks that several threads have together, without a lock. The word of a chunk has the id of its memory, 0 for none. Memory can only be sent to
 * another thread, and is, to all, before its id is in the word: who reads an id that he does not know has its memory waiting in his
 * channel, and takes it from there at once. An id that two threads put in one word at a time is settled by `compareExchange`, and the loser's is dropped.
 *
 * The bytes themselves are read and written without any order. Requests that overlap may be done in any order or mixed, as with a disk; those
 * that do not share no byte. Who has his answer before he sends a request elsewhere has two passages through the system in between, and the word
 * that was written before the answer is seen after it.
 *
 * @thread home: one for each thread, attached before the first chunk is made.
 */
export class SharedChunkTable implements Chunks {
  readonly #words: Int32Array;
  readonly #chunkWords: number;
  readonly #channel: BroadcastChannel;
  /** The memory of each id that is, or was a moment ago, in use. */
  readonly #memories = new Map<number, Uint8Array>();

  static handleFor(chunks: number): SharedChunksHandle {
    const words = GROUPS + Math.ceil(chunks / GROUP) + chunks;
    return {
      words: new SharedArrayBuffer(words * Int32Array.BYTES_PER_ELEMENT),
      channel: `coaio memory ${crypto.randomUUID()}`,
    };
  }

  /** @returns null: too late, there are chunks that were sent already. */
  static attach(handle: SharedChunksHandle, chunks: number): SharedChunkTable | null {
    const table = new SharedChunkTable(handle, chunks);
    if (Atomics.load(table.#words, IN_USE) === 0) return table;
    table.close();
    return null;
  }

  private constructor({ words, channel }: SharedChunksHandle, chunks: number) {
    this.#words = new Int32Array(words);
    this.#chunkWords = GROUPS + Math.ceil(chunks / GROUP);
    this.#channel = new BroadcastChannel(channel);
    // What is dropped is to be let go by a thread too that has no requests.
    this.#channel.onmessage = (event) => this.#learn((event as { data: News }).data);
    this.#channel.unref();
  }

  get(index: number): Uint8Array | undefined {
    for (;;) {
      const id = Atomics.load(this.#words, this.#chunkWords + index);
      if (id === 0) return undefined;
      const memory = this.#memories.get(id);
      if (memory !== undefined) return memory;
      // It may have been dropped since: then the word says so.
      if (!this.#receive()) throw new Error(`unreachable: chunk ${index} was not sent to this thread`);
    }
  }

  obtain(index: number): Uint8Array {
    const found = this.get(index);
    if (found !== undefined) return found;
    const [id, memory] = this.#publish(index);
    if (Atomics.compareExchange(this.#words, this.#chunkWords + index, 0, id) === 0) return memory;
    this.#forget(id);
    return this.obtain(index);
  }

  replace(index: number): void {
    const [id] = this.#publish(index);
    this.#forget(Atomics.exchange(this.#words, this.#chunkWords + index, id));
  }

  drop(index: number): void {
    this.#forget(Atomics.exchange(this.#words, this.#chunkWords + index, 0));
  }

  dropFrom(): never {
    throw new Error('unreachable: shared memory keeps its size');
  }

  next(hasChunk: boolean, index: number, end: number): number {
    for (let at = index; at < end; ) {
      const group = Math.floor(at / GROUP);
      if (Atomics.load(this.#words, GROUPS + group) === 0) {
        if (!hasChunk) return at;
        at = (group + 1) * GROUP;
      } else if ((Atomics.load(this.#words, this.#chunkWords + at) !== 0) === hasChunk) return at;
      else at++;
    }
    return end;
  }

  close(): void {
    this.#channel.close();
  }

  /** Sends new memory to all. @throws Error `ENOMEM`. */
  #publish(index: number): [id: number, memory: Uint8Array] {
    const memory = newSharedChunk(index);
    const id = this.#newId();
    Atomics.store(this.#words, IN_USE, 1);
    Atomics.store(this.#words, GROUPS + Math.floor(index / GROUP), 1);
    this.#memories.set(id, memory);
    this.#tell({ id, memory: memory.buffer });
    return [id, memory];
  }

  #newId(): number {
    const id = (Atomics.add(this.#words, LAST_ID, 1) + 1) | 0;
    // After 2^32 chunks.
    return id === 0 ? this.#newId() : id;
  }

  /** After its word is another: nobody finds it any more. */
  #forget(id: number): void {
    if (id === 0) return;
    // What still waits in the channel would be learnt later, and kept for ever.
    while (!this.#memories.has(id) && this.#receive());
    this.#memories.delete(id);
    this.#tell({ id, memory: null });
  }

  #tell(news: News): void {
    this.#channel.postMessage(news);
  }

  #receive(): boolean {
    // Node takes channels too, its types do not.
    const channel = this.#channel as unknown as MessagePort;
    const received = receiveMessageOnPort(channel) as { message: News } | undefined;
    if (received === undefined) return false;
    this.#learn(received.message);
    return true;
  }

  #learn({ id, memory }: News): void {
    if (memory === null) this.#memories.delete(id);
    else this.#memories.set(id, new Uint8Array(memory));
  }
}
