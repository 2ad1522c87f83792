import { Duplex } from 'node:stream';
import { isMainThread } from 'node:worker_threads';
import { type AioContext, getCurrentAioContext, getMainAioContext } from '@coaio/aio-context';
import { aioCoEnter, aioCoKick, type Co, Coroutine, coAwait, coYield } from '@coaio/coroutine';
import { type IOVec, iovDiscardFront, iovSize } from '../iovec.js';
import { LocalQIOChannel } from '../local-qio-channel.js';
import { QIO_CHANNEL_ERR_BLOCK, type QIOChannel } from '../qio-channel.js';
import { ReceiveBuffer } from '../socket/receive-buffer.js';

/**
 * `sending`: a channel that cannot tell what it takes at once has been given bytes. `blocked`: the channel had no room. `failed`: what is
 * written goes nowhere.
 */
type WriteState = 'idle' | 'sending' | 'blocked' | 'failed';

/** Whom the duplex tells. */
export interface DuplexOwner {
  /** Whether to read on: it has room for what comes. */
  readonly wantsMore: boolean;
  /** Whether the handshake is still going on. */
  readonly inHandshake: boolean;
  /** What has come was handed to TLS, and what TLS made of it is there. */
  received(): void;
  /** The channel below has ended, or failed. TLS has had all that came before. */
  ended(error: unknown): void;
  /**
   * The channel below takes no more. Reading may go on: what the peer said before is still to be had. `first`: it has never taken
   * anything, so the peer has nothing to answer.
   */
  writeFailed(error: unknown, first: boolean): void;
  /** A write waits for the channel below to have room. */
  blocked(): void;
  /** All that TLS had to write, its last word included, has left. */
  finished(): void;
}

/**
 * A channel as the stream that `node:tls` works on. A coroutine of its own reads; writes leave at once as far as the channel takes
 * them, the rest in another coroutine. The stream never ends by itself: its owner decides what an end means.
 */
export class ChannelDuplex extends Duplex {
  readonly #channel: QIOChannel;
  readonly #owner: DuplexOwner;
  readonly #context: AioContext | undefined;
  readonly #buffer = new ReceiveBuffer();
  #reader: Coroutine | null = null;
  #reading: 'busy' | 'parked' = 'busy';
  #writes: WriteState = 'idle';
  #bytesOut = 0;

  constructor(channel: QIOChannel, owner: DuplexOwner) {
    super();
    this.#channel = channel;
    this.#owner = owner;
    // The client's first words come while it is being made: they leave when its owner can be told how they fare.
    this.cork();
    // The thread's own, where it can be told: the context that the maker runs in may be gone before the channel.
    this.#context = isMainThread ? getMainAioContext() : getCurrentAioContext();
  }

  /** Bytes that the channel below has taken, or that went nowhere because it takes none. */
  get bytesOut(): number {
    return this.#bytesOut;
  }

  /** Whether nothing is on its way to the channel below. */
  get idle(): boolean {
    return this.#writes === 'idle' || this.#writes === 'failed';
  }

  /** Whether the channel below had no room for what it was given last. */
  get blocked(): boolean {
    return this.#writes === 'blocked';
  }

  /** The owner wants more again. */
  readOn(): void {
    if (this.#reading === 'parked' && this.#reader !== null) aioCoKick(this.#reader);
  }

  start(): void {
    this.uncork();
    this.#reader = this.#run('read', () => this.#read());
  }

  /** Reading is the coroutine's affair, not the stream's. */
  override _read(): void {}

  override _write(chunk: Uint8Array, _encoding: string, done: () => void): void {
    this.#write([chunk], done);
  }

  override _writev(chunks: { chunk: Uint8Array }[], done: () => void): void {
    this.#write(
      chunks.map(({ chunk }) => chunk),
      done,
    );
  }

  override _final(done: () => void): void {
    this.#owner.finished();
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.readOn();
    done(error);
  }

  *#read(): Co<void> {
    let failure: unknown = null;
    try {
      for (;;) {
        const place = this.#buffer.bytes;
        const count = yield* this.#channel.readv([place]);
        // Node tells TLS a turn later that its writes have left, and an alert that follows them must not be thrown away.
        if (this.#owner.inHandshake) yield* coAwait(new Promise<void>((resolve) => setImmediate(resolve)));
        if (count === 0 || this.destroyed) break;
        const bytes = place.subarray(0, count);
        // TLS copies it at once, but for the first moments, when the stream does not flow yet.
        this.push(this.readableFlowing && this.readableLength === 0 ? bytes : bytes.slice());
        this.#buffer.adjust(count);
        this.#owner.received();
        while (!this.#owner.wantsMore && !this.destroyed) {
          this.#reading = 'parked';
          yield* coYield();
        }
        this.#reading = 'busy';
      }
    } catch (error) {
      failure = error;
    }
    this.#owner.ended(failure);
  }

  #write(iov: IOVec, done: () => void): void {
    // Another thread's channel would have to be waited for.
    if (this.#writes === 'idle' && !(this.#channel instanceof LocalQIOChannel)) {
      this.#writeLater('sending', iov, done);
      return;
    }
    let rest = iov;
    try {
      while (this.#writes === 'idle' && rest.length > 0) {
        const count = this.#channel.tryWritev(rest);
        if (count === QIO_CHANNEL_ERR_BLOCK) {
          this.#writeLater('blocked', rest, done);
          this.#owner.blocked();
          return;
        }
        this.#bytesOut += count;
        rest = iovDiscardFront(rest, count);
      }
    } catch (error) {
      this.#fail(error);
    }
    this.#bytesOut += iovSize(rest);
    done();
  }

  #writeLater(state: 'sending' | 'blocked', iov: IOVec, done: () => void): void {
    this.#writes = state;
    this.#run('write', () => this.#writeAll(iov, done));
  }

  *#writeAll(iov: IOVec, done: () => void): Co<void> {
    try {
      yield* this.#channel.writevAll(iov);
      this.#writes = 'idle';
    } catch (error) {
      this.#fail(error);
    }
    this.#bytesOut += iovSize(iov);
    done();
  }

  #fail(error: unknown): void {
    this.#writes = 'failed';
    this.#owner.writeFailed(error, this.#bytesOut === 0);
  }

  #run(what: string, entry: () => Co<void>): Coroutine {
    const coroutine = Coroutine.create(entry, `TLS ${what} of ${this.#channel.name}`);
    if (this.#context === undefined) coroutine.enter();
    else aioCoEnter(this.#context, coroutine);
    return coroutine;
  }
}
