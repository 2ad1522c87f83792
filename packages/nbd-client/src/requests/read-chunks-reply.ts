import { errnoName } from '@coaio/nbd-protocol';
import { ConnectionLostError } from '../nbd-client-error.js';
import type { ReplySink } from './reply-sink.js';

/** A piece of a structured read, as the server sent it. Offsets are the export's. */
export type ReadChunk =
  | { readonly type: 'data'; readonly offset: number | bigint; readonly data: Uint8Array }
  /** `length` bytes that read as zeroes. */
  | { readonly type: 'hole'; readonly offset: number | bigint; readonly length: number }
  /** `offset` null: the server did not say where. */
  | {
      readonly type: 'error';
      readonly offset: number | bigint | null;
      readonly errno: string;
      readonly serverText: string;
    };

/** Gathers the chunks of one read in the order in which they come. `arrived` is called for each. */
export class ReadChunksReply implements ReplySink {
  readonly chunks: ReadChunk[] = [];
  readonly #offset: number | bigint;
  readonly #arrived: () => void;

  constructor(offset: number | bigint, arrived: () => void) {
    this.#offset = offset;
    this.#arrived = arrived;
  }

  /** @throws ConnectionLostError: chunks were given out, and a second reply may be cut elsewhere. */
  begin(): null {
    if (this.chunks.length === 0) return null;
    throw new ConnectionLostError('read', 'the connection was lost in the middle of its reply');
  }

  memoryFor(length: number): Uint8Array {
    return Buffer.allocUnsafe(length);
  }

  data(offset: number, data: Uint8Array): void {
    this.#add({ type: 'data', offset: this.#at(offset), data });
  }

  hole(offset: number, length: number): void {
    this.#add({ type: 'hole', offset: this.#at(offset), length });
  }

  error(offset: number | null, error: number, serverText: string): void {
    const at = offset === null ? null : this.#at(offset);
    this.#add({ type: 'error', offset: at, errno: errnoName(error), serverText });
  }

  beginStatus(): void {
    throw new Error('unreachable: a read brings no block status');
  }

  addExtent(): void {}

  finish(): void {}

  #at(offset: number): number | bigint {
    return typeof this.#offset === 'bigint' ? this.#offset + BigInt(offset) : this.#offset + offset;
  }

  #add(chunk: ReadChunk): void {
    this.chunks.push(chunk);
    this.#arrived();
  }
}
