import type { AioContext } from '@coaio/aio-context';
import { coRun } from '@coaio/coroutine';
import { NBD_CMD_FLAG_DF } from '@coaio/nbd-protocol';
import { widened } from '../commands/alignment.js';
import { payloadPiece, plus } from '../commands/pieces.js';
import { RequestValidator, type StrictOptions } from '../commands/validate-request.js';
import { anything, boolean } from '../option-checks.js';
import { checkRequestOptions, type RequestOptions, withLimits } from '../requests/request-options.js';
import type { ChunkSource } from './chunk-source.js';
import { ChunkedRead } from './chunked-read.js';
import { type ReadChunk, ReadChunksReply, type Stretch } from './read-chunks-reply.js';
import { StopSignal } from './stop-signal.js';
import { MAX_CHUNK_SIZE, whole } from './stream-range.js';

/** What has arrived and was not taken is of at most so many requests. */
const REQUESTS_AHEAD = 2;
/** With NBD_CMD_FLAG_DF a server may refuse more (proto.md, EOVERFLOW). */
const DF_PIECE = 64 << 10;

/** No sector of a disk is smaller. */
const SECTOR = 512;
/** A disk that is all bad is not asked sector by sector. */
const NARROWINGS = 64;
const OF_CHUNKS = withLimits({ df: boolean, chunkSize: anything });

export interface ReadChunksOptions extends RequestOptions {
  /** Bytes of one request; default 4 MiB, and at most what the server takes. */
  chunkSize?: number | undefined;
  /** All data of a request in one chunk, no holes (`NBD_CMD_FLAG_DF`). Then requests are of 64 KiB. */
  df?: boolean | undefined;
}

/** Reads of a client that are given out chunk by chunk. */
export class ReadChunks {
  readonly #source: ChunkSource;
  readonly #context: AioContext;
  readonly #validator: RequestValidator;

  constructor(source: ChunkSource, context: AioContext, strict: StrictOptions | undefined) {
    this.#source = source;
    this.#context = context;
    this.#validator = new RequestValidator(() => source.info, strict);
  }

  /** See `NbdClient.readChunks`. */
  async *of(
    offset: number | bigint,
    length: number | bigint,
    options: ReadChunksOptions = {},
  ): AsyncGenerator<ReadChunk, void, undefined> {
    const count = Number(length);
    this.#validator.check('read', offset, count);
    checkRequestOptions('read', options, OF_CHUNKS);
    if (options.df === true) this.#validator.checkDf();
    const { chunkSize } = options;
    if (chunkSize !== undefined) whole('readChunks', 'chunkSize', chunkSize, 1, MAX_CHUNK_SIZE);
    const stop = new StopSignal(options.signal);
    const ahead: ChunkedRead[] = [];
    let at = 0;
    try {
      for (;;) {
        while (at < count && ahead.length < REQUESTS_AHEAD) {
          const start = plus(offset, at);
          const size = Math.min(this.#pieceAt(start, options), count - at);
          ahead.push(this.#read(start, size, { ...options, signal: stop.signal }));
          at += size;
        }
        const first = ahead[0];
        if (first === undefined) return;
        for await (const chunk of this.#all(first, { ...options, signal: stop.signal })) {
          stop.signal.throwIfAborted();
          yield chunk;
        }
        ahead.shift();
      }
    } finally {
      stop.end();
    }
  }

  /** What a request brings. What fails as a whole is asked for again, in halves, down to the sector that is bad. */
  async *#all(request: ChunkedRead, options: ReadChunksOptions): AsyncGenerator<ReadChunk, void, undefined> {
    const least = Math.max(this.#source.info.blockSize.minimum, SECTOR);
    const left: Stretch[] = [];
    let narrowings = 0;
    for (let current = request; ; ) {
      yield* current.chunks();
      const parts = narrowings < NARROWINGS ? current.narrower(least) : [];
      if (parts.length === 0) yield* current.refusal();
      else narrowings++;
      left.push(...parts.toReversed());
      const next = left.pop();
      if (next === undefined) return;
      current = this.#read(next.offset, next.length, options);
    }
  }

  /** How much the next request is to bring: after the first they start at a border of blocks. */
  #pieceAt(start: number | bigint, { df, chunkSize }: ReadChunksOptions): number {
    const { blockSize } = this.#source.info;
    const limit = df === true ? Math.min(DF_PIECE, chunkSize ?? DF_PIECE) : chunkSize;
    const size = payloadPiece(blockSize, limit);
    if (this.#validator.isAligned(start, 0)) return size;
    return size - Number(BigInt(start) % BigInt(blockSize.minimum));
  }

  #read(offset: number | bigint, length: number, options: ReadChunksOptions): ChunkedRead {
    let before = 0;
    let asked = length;
    if (!this.#validator.isAligned(offset, length)) {
      const whole = widened(this.#source.info, offset, length);
      before = Number(BigInt(offset) - whole.start);
      asked = whole.length;
    }
    const start = plus(offset, -before);
    const flags = options.df === true ? NBD_CMD_FLAG_DF : 0;
    const reply = new ReadChunksReply(start, before, length);
    const answer = coRun(() => this.#source.readInChunks(flags, start, asked, reply, options), {
      context: this.#context,
    });
    return new ChunkedRead(reply, answer);
  }
}
