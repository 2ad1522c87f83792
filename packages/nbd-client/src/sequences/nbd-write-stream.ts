import { Writable } from 'node:stream';
import { onAbort } from '@coaio/coroutine';
import { NbdUsageError } from '@coaio/nbd-protocol';
import { widened } from '../commands/alignment.js';
import type { WriteOptions } from '../commands/command-options.js';
import type { RequestOptions } from '../requests/request-options.js';
import type { EndingWrites } from './ending-writes.js';
import type { ReadSource } from './nbd-read-stream.js';
import { StopSignal } from './stop-signal.js';
import { abortError, chunkEnd, type StreamOptions, type StreamRange, streamRange } from './stream-range.js';

export interface WriteStreamOptions extends StreamOptions {
  /** Offset of the first byte that is not written: more is `NBD_OUT_OF_BOUNDS`; default: the end of the export. */
  end?: number | bigint | undefined;
  /** Each request is on stable storage before it counts as done (`NBD_CMD_FLAG_FUA`). */
  fua?: boolean | undefined;
  /** Flush before `finish`; default true where the server takes a flush, and not with `fua`. */
  flush?: boolean | undefined;
}

/** What a stream writes to. */
export interface WriteTarget extends ReadSource {
  write(offset: number | bigint, data: Uint8Array, options?: WriteOptions): Promise<void>;
  flush(options?: RequestOptions): Promise<void>;
}

/** Bytes that go out together. */
interface Block {
  readonly memory: Uint8Array;
  readonly start: bigint;
  /** How many it takes. */
  readonly size: number;
  filled: number;
}

/** See `NbdClient.writeStream`. */
export class NbdWriteStream extends Writable {
  readonly #target: WriteTarget;
  readonly #range: StreamRange;
  /** What may have arrived is waited for: given up, it could land on what is written after `close`. */
  readonly #writeOptions: WriteOptions;
  /** What changes nothing is given up when nobody wants it any more. */
  readonly #options: RequestOptions;
  readonly #flush: boolean;
  readonly #aligns: boolean;
  readonly #ending: EndingWrites;
  readonly #stop = new StopSignal(undefined);
  readonly #takeBack: () => void = () => {};
  /** Memory of blocks that were written. */
  readonly #free: Uint8Array[] = [];
  #at: bigint;
  #filling: Block | null = null;
  #inFlight = 0;
  /** Told when a block has been written, or cannot be. */
  #settled: () => void = () => {};

  /**
   * @param aligns whether cut blocks at the ends are read, changed and written here; or the client does it, or must not
   * @param ending of the same client
   */
  constructor(target: WriteTarget, aligns: boolean, ending: EndingWrites, options: WriteStreamOptions = {}) {
    const range = streamRange('writeStream', target.info, options, options?.end);
    super({ highWaterMark: range.chunkSize });
    const { signal, timeoutMs, fua } = options;
    this.#target = target;
    this.#range = range;
    this.#writeOptions = { timeoutMs, fua };
    this.#options = { signal: this.#stop.signal, timeoutMs };
    this.#flush = options.flush ?? (fua !== true && target.info.canFlush);
    this.#aligns = aligns;
    this.#ending = ending;
    this.#at = range.start;
    if (signal !== undefined) this.#takeBack = onAbort(signal, () => this.destroy(abortError(signal.reason)));
  }

  override _write(data: Buffer, _encoding: string, callback: (error?: Error | null) => void): void {
    this.#take(data).then(() => callback(), callback);
  }

  override _final(callback: (error?: Error | null) => void): void {
    this.#finish().then(() => callback(), callback);
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#takeBack();
    this.#stop.end();
    // Neither `error` nor `close` comes before the server is done with what was sent.
    const idle = this.#idle();
    if (this.#inFlight > 0) this.#ending.add(idle);
    idle.then(() => callback(error));
  }

  /** Copies: the caller may use its memory again at once, while requests are under way. */
  async #take(data: Uint8Array): Promise<void> {
    for (let at = 0; at < data.length; ) {
      this.#filling ??= await this.#nextBlock();
      if (this.destroyed) return;
      const block = this.#filling;
      const count = Math.min(data.length - at, block.size - block.filled);
      block.memory.set(data.subarray(at, at + count), block.filled);
      block.filled += count;
      at += count;
      if (block.filled === block.size) this.#send(block);
    }
  }

  async #nextBlock(): Promise<Block> {
    const { chunkSize, inFlight } = this.#range;
    while (this.#inFlight >= inFlight) await this.#oneSettled();
    // When its source fails, `pipeline` rejects before this side is closed, and a second copy may begin at once.
    if (this.#at === this.#range.start) await this.#ending.ended();
    const start = this.#at;
    if (start >= this.#range.end) throw this.#full();
    this.#at = chunkEnd(this.#range, start);
    if (this.#at > this.#range.end) this.#at = this.#range.end;
    const memory = this.#free.pop() ?? new Uint8Array(chunkSize);
    return { memory, start, size: Number(this.#at - start), filled: 0 };
  }

  #full(): NbdUsageError {
    const { start, end } = this.#range;
    const detail = `there is more than goes from ${start} to ${end}`;
    return new NbdUsageError('NBD_OUT_OF_BOUNDS', 'writeStream', detail);
  }

  #send({ memory, start, filled }: Block): void {
    this.#filling = null;
    this.#inFlight++;
    this.#writeBlock(start, memory.subarray(0, filled))
      .catch((error: unknown) => this.destroy(abortError(error)))
      .then(() => {
        this.#inFlight--;
        this.#free.push(memory);
        this.#settled();
      });
  }

  async #writeBlock(start: bigint, data: Uint8Array): Promise<void> {
    const { info } = this.#target;
    const whole = widened(info, start, data.length);
    const fits = whole.length === data.length || start + BigInt(data.length) > info.size;
    if (fits || !this.#aligns) return await this.#target.write(start, data, this.#writeOptions);
    const blocks = await this.#target.read(whole.start, whole.length, this.#options);
    if (this.destroyed) return;
    blocks.set(data, Number(start - whole.start));
    await this.#target.write(whole.start, blocks, this.#writeOptions);
  }

  async #finish(): Promise<void> {
    if (this.#filling !== null && this.#filling.filled > 0) this.#send(this.#filling);
    await this.#idle();
    if (!this.destroyed && this.#flush) await this.#target.flush(this.#options);
  }

  async #idle(): Promise<void> {
    while (this.#inFlight > 0) await this.#oneSettled();
  }

  /** There is one who waits at most, but for the end, which waits beside whoever does. */
  #oneSettled(): Promise<void> {
    const before = this.#settled;
    return new Promise((resolve) => {
      this.#settled = () => {
        this.#settled = () => {};
        before();
        resolve();
      };
    });
  }
}
