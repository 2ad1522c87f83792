import type { AioContext, BottomHalf } from '@coaio/aio-context';
import { aioCoEnter, aioCoKick, type Co, Coroutine, coSelf, coYield } from '@coaio/coroutine';
import { type IOVec, iovDiscardFront, iovFront } from '../iovec.js';
import type { QIOChannel } from '../qio-channel.js';
import { QIOChannelError } from '../qio-channel-error.js';
import { TrafficSize } from '../traffic-size.js';

/** 64 writes of 4 KiB fit: memory that is made anew for each batch took a quarter of their time. */
const STAGING = { min: 16 * 1024, max: 512 * 1024, patience: 32 };
/** Up to this size a payload is copied beside its header: cheaper than one more piece in the system call. */
const COPY_MAX = 8 * 1024;

/** The most in one write: a connection takes less at once, so it costs nothing. */
const MAX_PART = 1024 * 1024;

interface Staging {
  bytes: Uint8Array;
  view: DataView;
}

function newStaging(size: number): Staging {
  const bytes = new Uint8Array(size);
  return { bytes, view: new DataView(bytes.buffer) };
}

/**
 * Gathers what is written during one turn of the event loop into one write. Headers are encoded into staging
 * memory, small payloads copied behind them, large ones passed by reference.
 *
 * Calls in order: {@link reserve} and encode at the returned position of {@link view}, then {@link append} the payload.
 */
export class WriteBatch {
  readonly #channel: QIOChannel;
  readonly #failed: (error: unknown) => void;
  readonly #wrote: () => void;
  #context: AioContext;
  /** Null: attached to no context. */
  #flush: BottomHalf | null;
  readonly #sender: Coroutine;
  #senderIdle = false;
  #closed = false;

  /** How large staging memory is to be: it follows what a batch needs. */
  readonly #size = new TrafficSize(STAGING);
  #staging = newStaging(this.#size.bytes);
  /** Staging memory that no write uses. */
  #spare: Staging | null = null;
  /** Full staging memory of the batch that is being gathered. */
  #filled: Staging[] = [];
  #iov: Uint8Array[] = [];
  /** In the staging memory: where what is not in `#iov` begins, and where it ends. */
  #start = 0;
  #end = 0;
  /** All bytes that were ever put in, and that were ever written. */
  #queued = 0;
  #written = 0;
  /** As #written, but what {@link close} drops is not in it. */
  #sent = 0;
  /** Where the write that was begun last ends. The channel may still read its memory, {@link close} or not. */
  #leaving = 0;
  #waiting: { coroutine: Coroutine; ready: () => boolean }[] = [];

  /**
   * @param failed told once that writing has failed; nothing is written from then on.
   * @param wrote told whenever {@link pendingBytes} is less than before.
   */
  constructor(
    channel: QIOChannel,
    context: AioContext,
    failed: (error: unknown) => void,
    wrote: () => void = () => {},
  ) {
    this.#channel = channel;
    this.#failed = failed;
    this.#wrote = wrote;
    this.#context = context;
    this.#flush = this.#flushIn(context);
    this.#sender = Coroutine.create(() => this.#send(), 'sender');
    this.#sender.enter(context);
  }

  /** Where to encode. Ask for it after {@link reserve}, which may have moved on to other memory. */
  get view(): DataView {
    return this.#staging.view;
  }

  /** Whether something is gathered that the next write will take along. */
  get gathering(): boolean {
    return this.#end > 0 || this.#iov.length > 0;
  }

  /** All bytes that the channel has taken. */
  get sent(): number {
    return this.#sent;
  }

  /** Bytes that are gathered or being written. */
  get pendingBytes(): number {
    return this.#queued - this.#written;
  }

  /**
   * Room for `length` bytes (at most 64 KiB) at the returned position of {@link view}. They leave at the end of this turn; once the
   * batch is closed they go nowhere, and the room is the same each time.
   */
  reserve(length: number): number {
    if (this.#closed) return this.#roomForNothing(length);
    if (this.#end + length > this.#staging.bytes.length) {
      this.#size.grow();
      this.#nextStaging(length);
    }
    const at = this.#end;
    this.#end += length;
    this.#queued += length;
    this.#flush?.schedule();
    return at;
  }

  /** Adds `payload`. @returns a mark: until {@link hasWritten} says so of it, `payload` must stay as it is. */
  append(payload: Uint8Array): number {
    if (this.#closed) return 0;
    if (payload.length <= COPY_MAX) {
      const at = this.reserve(payload.length);
      this.#staging.bytes.set(payload, at);
      return 0;
    }
    this.#closePiece();
    this.#iov.push(payload);
    this.#queued += payload.length;
    this.#flush?.schedule();
    return this.#queued;
  }

  /** Whether the memory behind `mark` is no longer needed. */
  hasWritten(mark: number): boolean {
    return this.#written >= mark && (mark <= this.#sent || mark > this.#leaving);
  }

  /** Waits until {@link hasWritten}. */
  *written(mark: number): Co<void> {
    yield* this.#waitFor(() => this.hasWritten(mark));
  }

  /** Waits until at most `limit` bytes are pending, or the batch is closed. */
  *drained(limit = 0): Co<void> {
    yield* this.#waitFor(() => this.#closed || this.pendingBytes <= limit);
  }

  /**
   * Drops what is not being written. Nothing more is written or kept from now on; memory of a write that is under way is free once the
   * channel has ended that, so close the channel too.
   */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#iov = [];
    this.#filled = [];
    this.#spare = null;
    this.#written = this.#queued;
    // Without a context nobody needs to run: it goes as it is.
    if (this.#flush !== null) this.#wakeSender();
    this.#flush?.delete();
    this.#wakeReady();
  }

  /**
   * Leaves its context, which has no work of the batch from now on (`bdrv_detach_aio_context`). What is put in waits for {@link attach}.
   *
   * @throws QIOChannelError `QIO_CHANNEL_BUSY`: not all is written.
   */
  detach(): void {
    if (this.#closed) return;
    if (this.pendingBytes > 0) {
      throw new QIOChannelError(
        'QIO_CHANNEL_BUSY',
        `${this.#channel.name}: detach: ${this.pendingBytes} bytes are not written yet`,
      );
    }
    this.#flush?.delete();
    this.#flush = null;
  }

  /** After {@link detach}: goes on in `context` (`bdrv_attach_aio_context`). @throws AioContextError `AIO_CONTEXT_CLOSED`. */
  attach(context: AioContext): void {
    if (this.#closed || this.#flush !== null) return;
    const flush = this.#flushIn(context);
    if (this.pendingBytes > 0) flush.schedule();
    this.#context = context;
    this.#flush = flush;
  }

  #flushIn(context: AioContext): BottomHalf {
    return context.createBottomHalf(() => this.#wakeSender(), 'flush');
  }

  #roomForNothing(length: number): number {
    if (this.#staging.bytes.length < length) this.#staging = newStaging(length);
    return 0;
  }

  /** Goes on in other memory, with room for `length` bytes. */
  #nextStaging(length = 0): void {
    this.#closePiece();
    this.#filled.push(this.#staging);
    const size = Math.max(this.#size.bytes, length);
    this.#staging = this.#spare?.bytes.length === size ? this.#spare : newStaging(size);
    this.#spare = null;
    this.#start = 0;
    this.#end = 0;
  }

  #closePiece(): void {
    if (this.#end > this.#start) this.#iov.push(this.#staging.bytes.subarray(this.#start, this.#end));
    this.#start = this.#end;
  }

  *#send(): Co<void> {
    while (!this.#closed) {
      if (this.pendingBytes === 0) {
        this.#senderIdle = true;
        yield* coYield();
        continue;
      }
      // A generator of its own: this one, while it waits, would keep what it had in its variables.
      if (!(yield* this.#sendGathered())) return;
    }
  }

  /** @returns false: writing has failed. */
  *#sendGathered(): Co<boolean> {
    if (this.#filled.length === 0) this.#size.needed(this.#end);
    // What is gathered while this write waits goes to other staging memory, into the next batch.
    this.#nextStaging();
    const iov = this.#iov;
    const staging = this.#filled;
    const queued = this.#queued;
    this.#iov = [];
    this.#filled = [];
    this.#leaving = queued;
    try {
      yield* this.#writeParts(iov, queued - this.#written);
    } catch (error) {
      this.#leaving = 0;
      if (this.#closed) this.#wakeReady();
      else {
        this.close();
        this.#failed(error);
      }
      return false;
    }
    this.#sent = queued;
    if (!this.#closed) {
      // One is enough in the steady state; a burst's memory is not kept.
      this.#spare ??= staging.at(-1) ?? null;
      this.#written = queued;
    }
    this.#wakeReady();
    return true;
  }

  /** Parts, so that who watches can tell a peer that is slow from one that takes nothing. */
  *#writeParts(iov: IOVec, size: number): Co<void> {
    let rest = iov;
    let left = size;
    for (; left > MAX_PART; left -= MAX_PART) {
      yield* this.#channel.writevAll(iovFront(rest, MAX_PART));
      if (this.#closed) return;
      this.#written += MAX_PART;
      this.#sent += MAX_PART;
      rest = iovDiscardFront(rest, MAX_PART);
      this.#wakeReady();
    }
    yield* this.#channel.writevAll(rest);
  }

  #wakeSender(): void {
    if (!this.#senderIdle) return;
    this.#senderIdle = false;
    aioCoEnter(this.#context, this.#sender);
  }

  *#waitFor(ready: () => boolean): Co<void> {
    while (!ready()) {
      this.#waiting.push({ coroutine: coSelf(), ready });
      yield* coYield();
    }
  }

  #wakeReady(): void {
    this.#wrote();
    if (this.#waiting.length === 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const waiter of waiting) {
      if (waiter.ready()) aioCoKick(waiter.coroutine);
      else this.#waiting.push(waiter);
    }
  }
}
