import { errnoName } from '@coaio/nbd-protocol';
import { plus } from '../commands/pieces.js';
import { ConnectionLostError } from '../nbd-client-error.js';
import type { ReplySink } from '../requests/reply-sink.js';

/** A piece of a read, as the server sent it. Offsets are the export's. */
export type ReadChunk =
  | { readonly type: 'data'; readonly offset: number | bigint; readonly data: Uint8Array }
  /** `length` bytes that read as zeroes. */
  | { readonly type: 'hole'; readonly offset: number | bigint; readonly length: number }
  /** What the server says went wrong; `offset` null: it did not say where. */
  | {
      readonly type: 'error';
      readonly offset: number | bigint | null;
      readonly errno: string;
      readonly serverText: string;
    }
  /** The server's answer ended with an error, and without these bytes. */
  | { readonly type: 'unread'; readonly offset: number | bigint; readonly length: number };

/** A part of the export. */
export interface Stretch {
  readonly offset: number | bigint;
  readonly length: number;
}

/** What a chunk says, before it is known where in the export that is. */
type Content = { readonly type: 'data'; readonly data: Uint8Array } | { readonly type: 'hole' };

/** Gathers the chunks of one read in the order in which they come, each cut to the part of the request that is wanted. */
export class ReadChunksReply implements ReplySink {
  /** Called for each chunk. */
  onArrival: () => void = () => {};
  #arrived: ReadChunk[] = [];
  readonly #offset: number | bigint;
  readonly #from: number;
  readonly #to: number;
  /** Stretches that have come, counted from the start of the request. */
  readonly #come: { start: number; end: number }[] = [];
  #count = 0;
  #errors = 0;
  /** Errors of which the server does not say where: where that is may be found out. */
  #nowhere: ReadChunk[] = [];

  /** @param offset where the request starts; `length` bytes of it are wanted, from `before` on */
  constructor(offset: number | bigint, before: number, length: number) {
    this.#offset = offset;
    this.#from = before;
    this.#to = before + length;
  }

  /** What has arrived since it was last taken. */
  take(): readonly ReadChunk[] {
    const arrived = this.#arrived;
    this.#arrived = [];
    return arrived;
  }

  /** @throws ConnectionLostError: chunks were given out, and a second reply may be cut elsewhere. */
  begin(): null {
    if (this.#count === 0) {
      this.#errors = 0;
      this.#nowhere = [];
      return null;
    }
    throw new ConnectionLostError('read', 'the connection was lost in the middle of its reply');
  }

  memoryFor(length: number): Uint8Array {
    return Buffer.allocUnsafe(length);
  }

  data(offset: number, data: Uint8Array): void {
    this.#content(offset, data.length, { type: 'data', data });
  }

  hole(offset: number, length: number): void {
    this.#content(offset, length, { type: 'hole' });
  }

  error(offset: number | null, error: number, serverText: string): void {
    this.#errors++;
    const at = offset === null ? null : plus(this.#offset, offset);
    const chunk: ReadChunk = { type: 'error', offset: at, errno: errnoName(error), serverText };
    if (at === null) this.#nowhere.push(chunk);
    else this.#add(chunk);
  }

  /**
   * What has not come, in parts of which each is shorter than the request: none if the server has said where the error is, or if it
   * is as narrow as `least` bytes.
   */
  narrower(least: number): readonly Stretch[] {
    if (this.#errors > this.#nowhere.length || this.#to - this.#from <= least) return [];
    const parts: Stretch[] = [];
    for (const { start, end } of this.#missing()) {
      const middle = end - start > least ? this.#borderIn(start, end, least) : end;
      for (const [from, to] of [
        [start, middle],
        [middle, end],
      ] as const)
        if (to > from) parts.push({ offset: plus(this.#offset, from), length: to - from });
    }
    return parts;
  }

  /** The answer ended with an error: tells of that if no chunk has, and what has not come. */
  failed({ errno, serverText }: { errno: string; serverText: string }): void {
    if (this.#errors === 0) this.#add({ type: 'error', offset: null, errno, serverText });
    for (const chunk of this.#nowhere) this.#add(chunk);
    for (const { start, end } of this.#missing())
      this.#add({ type: 'unread', offset: plus(this.#offset, start), length: end - start });
  }

  beginStatus(): void {
    throw new Error('unreachable: a read brings no block status');
  }

  addExtent(): void {}

  finish(): void {}

  #content(offset: number, length: number, content: Content): void {
    const start = Math.max(offset, this.#from);
    const end = Math.min(offset + length, this.#to);
    if (start >= end) return;
    const last = this.#come.at(-1);
    if (last?.end === start) last.end = end;
    else this.#come.push({ start, end });
    const at = plus(this.#offset, start);
    if (content.type === 'hole') this.#add({ type: 'hole', offset: at, length: end - start });
    else this.#add({ type: 'data', offset: at, data: content.data.subarray(start - offset, end - offset) });
  }

  *#missing(): Generator<{ start: number; end: number }> {
    let at = this.#from;
    for (const { start, end } of this.#come.toSorted((a, b) => a.start - b.start)) {
      if (start > at) yield { start: at, end: start };
      at = end;
    }
    if (at < this.#to) yield { start: at, end: this.#to };
  }

  /** The multiple of `least` in the export that is next to the middle. */
  #borderIn(start: number, end: number, least: number): number {
    const toBorder = (at: number): number => Number((BigInt(this.#offset) + BigInt(at)) % BigInt(least));
    const middle = Math.floor((start + end) / 2);
    const border = middle - toBorder(middle);
    return border > start ? border : start + least - toBorder(start);
  }

  #add(chunk: ReadChunk): void {
    this.#count++;
    this.#arrived.push(chunk);
    this.onArrival();
  }
}
