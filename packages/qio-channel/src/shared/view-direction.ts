import { writeSync, writevSync } from 'node:fs';
import type { BottomHalf, RemoteBottomHalf } from '@coaio/aio-context';
import { type Co, coSelf } from '@coaio/coroutine';
import { DirectionWaiter } from '../direction-waiter.js';
import { QIO_CHANNEL_ERR_BLOCK } from '../err-block.js';
import { type IOVec, iovSize } from '../iovec.js';
import { QIOChannelError } from '../qio-channel-error.js';
import { busyClaim } from './busy-claim.js';
import type { QIOChannelHandle } from './channel-handle.js';
import { enterCall, leaveCall, releaseClaim, takeClaim } from './claim.js';
import { fromErrorText } from './error-record.js';
import {
  ABORTABLE,
  DESCRIPTOR,
  FAILED,
  IN,
  LENGTH,
  MEMORY,
  OFFSET_HIGH,
  OFFSET_LOW,
  readEnd,
  readError,
  WAIT_ONLY,
  WAKEABLE,
  WHOLE,
  writeHolderName,
} from './layout.js';
import { PlacedBytes } from './placed-bytes.js';
import { askFor, askToEnd, isAnswered, takeAnswer, takeBack, takeBackIfClosed } from './request.js';
import { ringOwner } from './ring-owner.js';
import type { MemoryIntroducer } from './shared-memories.js';

export interface ViewParts {
  readonly handle: QIOChannelHandle;
  readonly words: Int32Array;
  readonly me: number;
  readonly owner: RemoteBottomHalf;
  readonly bell: BottomHalf;
  readonly introducer: MemoryIntroducer;
  /** A call has let go of its direction. */
  readonly leftDirection: () => void;
}

/** One direction of a view. */
export class ViewDirection {
  readonly #direction: number;
  readonly #parts: ViewParts;
  readonly #waiter: DirectionWaiter;
  readonly #placed: PlacedBytes;
  #open = true;
  #holding = false;

  constructor(direction: number, parts: ViewParts) {
    this.#direction = direction;
    this.#parts = parts;
    this.#waiter = new DirectionWaiter(parts.handle.name, direction === IN ? 'read' : 'write');
    this.#placed = new PlacedBytes(direction === IN);
  }

  get busy(): boolean {
    return this.#waiter.busy;
  }

  /** Memory of the view's own, which the channel's thread may know. */
  get ownMemory(): SharedArrayBuffer | null {
    return this.#placed.memory;
  }

  *transfer(iov: IOVec, follow: boolean, kind: number, signal: AbortSignal | undefined): Co<number> {
    this.#waiter.assertFree();
    signal?.throwIfAborted();
    if (iovSize(iov) === 0) return 0;
    // A part of a call that has the claim already.
    const isPart = this.#holding;
    if (isPart ? !this.#open : !this.#take()) return this.#ended();
    try {
      const written = this.#direction === IN ? 0 : this.#writeNow(iov);
      if (written > 0) return written;
      const { memory, offset, length } = this.#placed.place(iov);
      const { words, introducer } = this.#parts;
      const at = this.#direction;
      Atomics.store(words, at + MEMORY, introducer.numberOf(memory));
      Atomics.store(words, at + OFFSET_HIGH, Math.floor(offset / 2 ** 32));
      Atomics.store(words, at + OFFSET_LOW, offset | 0);
      Atomics.store(words, at + LENGTH, length);
      // Who may give up sees each part as it comes.
      const count = yield* this.#request(
        signal === undefined ? kind : (kind & ~WHOLE) | ABORTABLE,
        follow,
        signal,
      );
      if (this.#direction === IN && count > 0) this.#placed.deliver(iov, count);
      return count;
    } finally {
      if (!isPart) this.#letGo();
    }
  }

  /** All parts of one call: nobody else comes in between. */
  *inOneGo<T>(run: () => Co<T>): Co<T> {
    this.#waiter.assertFree();
    // Closed: the first part says how.
    if (this.#holding || !this.#take()) return yield* run();
    this.#holding = true;
    try {
      return yield* run();
    } finally {
      this.#holding = false;
      this.#letGo();
    }
  }

  *waitUntilReady(follow: boolean, signal: AbortSignal | undefined): Co<void> {
    this.#waiter.assertFree();
    signal?.throwIfAborted();
    // An end is something to be ready for.
    if (!this.#take()) return;
    try {
      yield* this.#request(WAIT_ONLY, follow, signal);
    } finally {
      this.#letGo();
    }
  }

  /** The view is closed: who waits here is told. */
  close(): void {
    this.#open = false;
    this.#waiter.cancel();
  }

  /** The bell was rung, or the channel's thread has ended. */
  look(): void {
    const { words, owner } = this.#parts;
    if (isAnswered(words, this.#direction) || !owner.isAlive) this.#waiter.wake();
  }

  /** @returns false: the channel is closed. */
  #take(): boolean {
    const { words, me, handle, owner } = this.#parts;
    if (!this.#open) return false;
    if (!owner.isAlive) throw this.#threadGone();
    // Before the claim: outside a coroutine there is no name, and nobody to let go of it.
    const { name } = coSelf();
    const claim = takeClaim(words, this.#direction, me);
    if (claim === 'busy') throw busyClaim(words, this.#direction, handle.name);
    if (claim === 'closed') return false;
    writeHolderName(words, this.#direction, name);
    return true;
  }

  /** Straight to the descriptor. @returns 0: it is not to be had, is full, or fails, which its own thread then says better. */
  #writeNow(iov: IOVec): number {
    const { words, me, owner } = this.#parts;
    if (Atomics.load(words, DESCRIPTOR) < 0 || !enterCall(words, this.#direction, me)) return 0;
    try {
      // Only now: it stays open until the call is left.
      const fd = Atomics.load(words, DESCRIPTOR);
      if (fd < 0) return 0;
      const only = iov.length === 1 ? iov[0] : undefined;
      return only !== undefined ? writeSync(fd, only) : writevSync(fd, iov);
    } catch {
      return 0;
    } finally {
      if (!leaveCall(words, this.#direction, me)) ringOwner(owner);
    }
  }

  /** Has the channel's thread do it, and waits for that. */
  *#request(kind: number, follow: boolean, signal: AbortSignal | undefined): Co<number> {
    const { words, me, owner, bell } = this.#parts;
    const at = this.#direction;
    const { cell, generation } = bell.handle;
    askFor(words, at, me, kind, cell, generation);
    const heard = ringOwner(owner);
    let aborted = false;
    while (!isAnswered(words, at)) {
      // Of its own accord; or nobody will come to look.
      const over = !heard || aborted ? takeBack(words, at) : takeBackIfClosed(words, at);
      if (!owner.isAlive) throw this.#threadGone();
      if (over) return this.#nothingMoved(signal);
      if (aborted) {
        askToEnd(words, at);
        ringOwner(owner);
      }
      // Once aborted it waits for the answer: until then the bytes may be moved.
      if (yield* this.#waiter.wait(follow, aborted ? undefined : signal)) aborted = true;
    }
    const result = takeAnswer(words, at);
    if (result === FAILED) throw fromErrorText(readError(words, at));
    if (result !== QIO_CHANNEL_ERR_BLOCK) return result;
    const woken = (kind & WAKEABLE) !== 0 && this.#open && !aborted;
    return woken ? QIO_CHANNEL_ERR_BLOCK : this.#nothingMoved(signal);
  }

  #letGo(): void {
    const { words, me, leftDirection } = this.#parts;
    releaseClaim(words, this.#direction, me);
    leftDirection();
  }

  #nothingMoved(signal: AbortSignal | undefined): number {
    if (signal?.aborted) throw signal.reason;
    return this.#ended();
  }

  /** Of a closed channel, or view: what a closed channel of this thread would give. */
  #ended(): number {
    const end = this.#open ? readEnd(this.#parts.words, this.#direction) : '';
    if (end !== '') throw fromErrorText(end);
    if (this.#direction === IN) return 0;
    throw new QIOChannelError(
      'QIO_CHANNEL_SHUT_DOWN',
      `${this.#parts.handle.name}: write: ${this.#open ? 'the channel is closed' : 'this view of it is closed'}`,
    );
  }

  #threadGone(): QIOChannelError {
    const { name } = this.#parts.handle;
    const operation = this.#direction === IN ? 'read' : 'write';
    return new QIOChannelError(
      'QIO_CHANNEL_THREAD_GONE',
      `${name}: ${operation}: the thread that has it has ended`,
    );
  }
}
