import { type Co, coRun } from '@coaio/coroutine';
import type { IOVec } from './iovec.js';
import type { IOCondition, IOOptions } from './qio-channel.js';

/** What a channel does, as coroutine functions. */
interface ChannelCalls {
  readonly name: string;
  readv(iov: IOVec, options?: IOOptions): Co<number>;
  writev(iov: IOVec, options?: IOOptions): Co<number>;
  readvAll(iov: IOVec, options?: IOOptions): Co<void>;
  readvAllEof(iov: IOVec, options?: IOOptions): Co<boolean>;
  writevAll(iov: IOVec, options?: IOOptions): Co<void>;
  preadv(iov: IOVec, offset: number): Co<number>;
  pwritev(iov: IOVec, offset: number): Co<number>;
  yield(condition: IOCondition, options?: IOOptions): Co<void>;
}

/**
 * The calls of a channel as promises: `await channel.promises.readvAll([bytes])`. Each runs in a coroutine of the current context.
 * The rules are the same: one reader and one writer at a time.
 */
export class QIOChannelPromises {
  readonly #channel: ChannelCalls;

  constructor(channel: ChannelCalls) {
    this.#channel = channel;
  }

  readv(iov: IOVec, options?: IOOptions): Promise<number> {
    return this.#run('readv', () => this.#channel.readv(iov, options));
  }

  writev(iov: IOVec, options?: IOOptions): Promise<number> {
    return this.#run('writev', () => this.#channel.writev(iov, options));
  }

  readvAll(iov: IOVec, options?: IOOptions): Promise<void> {
    return this.#run('readvAll', () => this.#channel.readvAll(iov, options));
  }

  readvAllEof(iov: IOVec, options?: IOOptions): Promise<boolean> {
    return this.#run('readvAllEof', () => this.#channel.readvAllEof(iov, options));
  }

  writevAll(iov: IOVec, options?: IOOptions): Promise<void> {
    return this.#run('writevAll', () => this.#channel.writevAll(iov, options));
  }

  preadv(iov: IOVec, offset: number): Promise<number> {
    return this.#run('preadv', () => this.#channel.preadv(iov, offset));
  }

  pwritev(iov: IOVec, offset: number): Promise<number> {
    return this.#run('pwritev', () => this.#channel.pwritev(iov, offset));
  }

  yield(condition: IOCondition, options?: IOOptions): Promise<void> {
    return this.#run('yield', () => this.#channel.yield(condition, options));
  }

  #run<T>(call: string, entry: () => Co<T>): Promise<T> {
    return coRun(entry, { name: `${call} of ${this.#channel.name}` });
  }
}
