import { type ErrorRecord, toErrorRecord } from '@coaio/aio-context/shared';
import type { Co } from '@coaio/coroutine';
import { NbdServerError } from '../nbd-client-error.js';
import type { ReplySink } from '../requests/reply-sink.js';
import type { RequestOptions } from '../requests/request-options.js';
import type { ChunkSource } from '../sequences/chunk-source.js';

/** A call of a sink. The bytes of `data` lie in the memory of the request, each piece after the one before. */
type RecordedChunk =
  | readonly ['data', offset: number, length: number]
  | readonly ['hole', offset: number, length: number]
  | readonly ['error', offset: number | null, error: number, serverText: string];

/** The whole reply to one read, on its way to another thread: plain data. */
export interface RecordedRead {
  readonly chunks: readonly RecordedChunk[];
  /** Of the NbdServerError that it ended with. */
  readonly refusal: ErrorRecord | null;
}

/** Reads as many bytes as `memory` has. @throws what keeps the server from answering. */
export function* readRecorded(
  source: ChunkSource,
  flags: number,
  offset: number | bigint,
  memory: Uint8Array,
  options: RequestOptions | undefined,
): Co<RecordedRead> {
  const reply = new RecordedReply(memory);
  try {
    yield* source.readInChunks(flags, offset, memory.length, reply, options);
  } catch (error) {
    if (!(error instanceof NbdServerError)) throw error;
    return { chunks: reply.chunks, refusal: toErrorRecord(error) };
  }
  return { chunks: reply.chunks, refusal: null };
}

/** Has `sink` take what was recorded. */
export function replay({ chunks }: RecordedRead, memory: Uint8Array, sink: ReplySink): void {
  let at = 0;
  for (const chunk of chunks) {
    if (chunk[0] === 'hole') sink.hole(chunk[1], chunk[2]);
    else if (chunk[0] === 'error') sink.error(chunk[1], chunk[2], chunk[3]);
    else {
      const [, offset, length] = chunk;
      const data = sink.memoryFor(length);
      data.set(memory.subarray(at, at + length));
      sink.data(offset, data);
      at += length;
    }
  }
}

class RecordedReply implements ReplySink {
  readonly chunks: RecordedChunk[] = [];
  readonly #memory: Uint8Array;
  #used = 0;

  constructor(memory: Uint8Array) {
    this.#memory = memory;
  }

  /** Nobody has seen any of it: of a reply that was cut off another is as good. */
  begin(): null {
    this.chunks.length = 0;
    this.#used = 0;
    return null;
  }

  /** Not in the memory of the request: what is given up while it arrives goes on arriving. */
  memoryFor(length: number): Uint8Array {
    return Buffer.allocUnsafe(length);
  }

  data(offset: number, data: Uint8Array): void {
    this.#memory.set(data, this.#used);
    this.#used += data.length;
    this.chunks.push(['data', offset, data.length]);
  }

  hole(offset: number, length: number): void {
    this.chunks.push(['hole', offset, length]);
  }

  error(offset: number | null, error: number, serverText: string): void {
    this.chunks.push(['error', offset, error, serverText]);
  }

  beginStatus(): void {
    throw new Error('unreachable: a read brings no block status');
  }

  addExtent(): void {}

  finish(): void {}
}
