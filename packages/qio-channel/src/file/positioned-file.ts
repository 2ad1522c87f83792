import { fstatSync } from 'node:fs';
import type { Co } from '@coaio/coroutine';
import { DirectionWaiter } from '../direction-waiter.js';
import { type IOVec, iovSize } from '../iovec.js';
import { assertRange, soughtPosition } from '../position.js';
import { type IOCondition, QIO_CHANNEL_ERR_BLOCK, type SeekWhence } from '../qio-channel.js';
import { QIOChannelError } from '../qio-channel-error.js';
import { blockDeviceSize } from './block-device-size.js';
import { type CallResult, DescriptorCalls } from './descriptor-calls.js';
import type { OpenedFile } from './opened-file.js';
import { PositionLine } from './position-line.js';

interface Answer {
  result: CallResult | null;
}

/** How a call waits. */
export interface Waiting {
  follow: boolean;
  signal?: AbortSignal | undefined;
}

/**
 * What is read and written in libuv's thread pool: regular files, block and character devices. The memory of a call is in use until
 * the system has answered, so an abort meanwhile comes too late: the call gives the answer.
 */
export class PositionedFile {
  readonly #name: string;
  readonly #file: OpenedFile;
  readonly #calls: DescriptorCalls;
  readonly #line: PositionLine;
  readonly #reader: DirectionWaiter;
  readonly #writer: DirectionWaiter;
  #position: number;

  constructor(name: string, file: OpenedFile, reader: DirectionWaiter, writer: DirectionWaiter) {
    this.#name = name;
    this.#file = file;
    this.#position = file.position;
    this.#reader = reader;
    this.#writer = writer;
    this.#calls = new DescriptorCalls(name, file.fd, file.owned);
    // Before the one who left goes on, and perhaps joins again.
    this.#line = new PositionLine((left) => this.#waiterOf(left === 'in' ? 'out' : 'in').wake('event'));
  }

  get closed(): Promise<void> {
    return this.#calls.closed;
  }

  get seekable(): boolean {
    return this.#file.kind === 'seekable';
  }

  get idle(): boolean {
    return this.#line.free;
  }

  /** Reads or writes at the position and moves it. */
  *transfer(condition: IOCondition, iov: IOVec, { follow, signal }: Waiting): Co<number> {
    const waiter = this.#waiterOf(condition);
    waiter.assertFree();
    signal?.throwIfAborted();
    const length = iovSize(iov);
    if (length === 0) return 0;
    this.#assertMay(condition, operationOf(condition));
    const turn = this.#line.join(condition);
    let answer: Answer | null = null;
    try {
      while (!this.#line.isFirst(turn)) {
        if (yield* waiter.wait(follow, signal)) throw signal?.reason;
        this.#calls.assertOpen(operationOf(condition));
      }
      answer = this.#start(condition, iov, this.#nextPosition(condition, length), waiter, ({ count }) => {
        this.#moved(condition, count);
        this.#line.leave(turn);
      });
    } finally {
      // Once it is in the system it keeps its turn until that has answered.
      if (answer === null) this.#line.leave(turn);
    }
    return yield* this.#answered(answer, waiter, follow);
  }

  /** Reads or writes at `offset`; any number of coroutines may at a time. */
  *transferAt(condition: IOCondition, iov: IOVec, offset: number, follow: boolean): Co<number> {
    const operation = condition === 'in' ? 'preadv' : 'pwritev';
    this.#assertMay(condition, operation);
    if (!this.seekable) throw this.#unsupported(operation, 'it has no position');
    const length = iovSize(iov);
    assertRange(`${this.#name}: ${operation}`, offset, length);
    if (condition === 'out' && this.#file.append) {
      throw this.#unsupported(operation, 'it was opened to append, where the system writes at the end');
    }
    if (length === 0) return 0;
    const waiter = new DirectionWaiter(`${this.#name} at ${offset}`, condition === 'in' ? 'read' : 'write');
    const answer = this.#start(condition, iov, offset, waiter, () => {});
    return yield* this.#answered(answer, waiter, follow);
  }

  /** The same in this thread, which a file on a disk does not keep for ever. */
  transferNow(condition: IOCondition, iov: IOVec): number {
    const operation = operationOf(condition);
    this.#assertMay(condition, operation);
    if (!this.seekable) throw this.#unsupported(operation, 'a device may wait, and cannot say so');
    if (!this.#line.free) return QIO_CHANNEL_ERR_BLOCK;
    const at = this.#nextPosition(condition, iovSize(iov));
    const count = this.#calls.now(condition, iov, at ?? 0);
    this.#moved(condition, count);
    return count;
  }

  seek(offset: number, whence: SeekWhence): number {
    this.#calls.assertOpen('seek');
    if (!this.seekable) throw this.#unsupported('seek', 'it has no position');
    if (!this.#line.free) {
      throw new QIOChannelError(
        'QIO_CHANNEL_BUSY',
        `${this.#name}: seek: a read or write is moving the position`,
      );
    }
    this.#position = soughtPosition(`${this.#name}: seek`, offset, whence, {
      position: this.#position,
      size: () => this.#size(),
    });
    return this.#position;
  }

  close(): void {
    this.#calls.close();
  }

  #start(
    condition: IOCondition,
    iov: IOVec,
    position: number | null,
    waiter: DirectionWaiter,
    finished: (result: CallResult) => void,
  ): Answer {
    const answer: Answer = { result: null };
    this.#calls.start(condition, iov, position, (result) => {
      answer.result = result;
      finished(result);
      waiter.wake('event');
    });
    return answer;
  }

  *#answered(answer: Answer, waiter: DirectionWaiter, follow: boolean): Co<number> {
    // Woken by a close or by `wakeRead`: the memory is still in the system's hands.
    while (answer.result === null) yield* waiter.wait(follow);
    if (answer.result.error !== null) throw answer.result.error;
    return answer.result.count;
  }

  /** Null where the device has none. */
  #nextPosition(condition: IOCondition, length: number): number | null {
    if (!this.seekable) return null;
    assertRange(`${this.#name}: ${operationOf(condition)}`, this.#position, length);
    return this.#position;
  }

  #moved(condition: IOCondition, count: number): void {
    if (condition === 'out' && this.#file.append && count > 0) this.#position = fstatSync(this.#file.fd).size;
    else this.#position += count;
  }

  #size(): number {
    const stats = fstatSync(this.#file.fd);
    return stats.isBlockDevice() ? blockDeviceSize(`${this.#name}: seek`, stats.rdev) : stats.size;
  }

  #assertMay(condition: IOCondition, operation: string): void {
    this.#calls.assertOpen(operation);
    const { access } = this.#file;
    if (access === 'rw' || (access === 'r') === (condition === 'in')) return;
    throw this.#unsupported(operation, `it was opened for ${access === 'r' ? 'reading' : 'writing'} only`);
  }

  #waiterOf(condition: IOCondition): DirectionWaiter {
    return condition === 'in' ? this.#reader : this.#writer;
  }

  #unsupported(operation: string, reason: string): QIOChannelError {
    return new QIOChannelError('QIO_CHANNEL_UNSUPPORTED', `${this.#name}: ${operation}: ${reason}`);
  }
}

function operationOf(condition: IOCondition): string {
  return condition === 'in' ? 'read' : 'write';
}
