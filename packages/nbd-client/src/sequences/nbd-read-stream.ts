import { Readable } from 'node:stream';
import { onAbort } from '@coaio/coroutine';
import type { ExportInfo } from '@coaio/nbd-protocol';
import type { RequestOptions } from '../requests/request-options.js';
import { StopSignal } from './stop-signal.js';
import { abortError, chunkEnd, type StreamOptions, type StreamRange, streamRange } from './stream-range.js';

export interface ReadStreamOptions extends StreamOptions {
  /** Offset of the first byte that is not read; default: the end of the export. */
  end?: number | bigint | undefined;
}

/** What a stream reads from. */
export interface ReadSource {
  readonly info: ExportInfo;
  read(offset: number | bigint, length: number | bigint, options?: RequestOptions): Promise<Buffer>;
}

/** A request under way, or what came of it. */
interface Ahead {
  outcome: Buffer | { readonly error: unknown } | null;
}

/** See `NbdClient.readStream`. */
export class NbdReadStream extends Readable {
  readonly #source: ReadSource;
  readonly #range: StreamRange;
  readonly #timeoutMs: number | undefined;
  readonly #stop = new StopSignal(undefined);
  readonly #takeBack: () => void = () => {};
  /** Oldest first: what has arrived before its turn waits here. */
  readonly #ahead: Ahead[] = [];
  #at: bigint;
  /** The consumer has room. */
  #wanted = false;

  constructor(source: ReadSource, options: ReadStreamOptions = {}) {
    const range = streamRange('readStream', source.info, options, options?.end);
    super({ highWaterMark: range.chunkSize });
    const { signal, timeoutMs } = options;
    this.#source = source;
    this.#range = range;
    this.#timeoutMs = timeoutMs;
    this.#at = range.start;
    if (signal !== undefined) this.#takeBack = onAbort(signal, () => this.destroy(abortError(signal.reason)));
  }

  override _read(): void {
    this.#wanted = true;
    this.#send();
    // What is pushed before this returns, Node joins with what it has to one buffer, by copying both.
    queueMicrotask(() => this.#advance());
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#takeBack();
    this.#stop.end();
    callback(error);
  }

  #advance(): void {
    while (this.#wanted && !this.destroyed) {
      const first = this.#ahead[0];
      if (first === undefined) {
        this.#wanted = false;
        this.push(null);
        return;
      }
      const { outcome } = first;
      if (outcome === null) return;
      if (!Buffer.isBuffer(outcome)) {
        this.destroy(abortError(outcome.error));
        return;
      }
      this.#ahead.shift();
      this.#send();
      this.#wanted = this.push(outcome);
    }
  }

  #send(): void {
    const { end, inFlight } = this.#range;
    const options = { signal: this.#stop.signal, timeoutMs: this.#timeoutMs };
    while (this.#at < end && this.#ahead.length < inFlight) {
      const start = this.#at;
      this.#at = chunkEnd(this.#range, start);
      if (this.#at > end) this.#at = end;
      const ahead: Ahead = { outcome: null };
      this.#ahead.push(ahead);
      const arrived = (outcome: Ahead['outcome']): void => {
        ahead.outcome = outcome;
        this.#advance();
      };
      this.#source
        .read(start, this.#at - start, options)
        .then(arrived, (error: unknown) => arrived({ error }));
    }
  }
}
