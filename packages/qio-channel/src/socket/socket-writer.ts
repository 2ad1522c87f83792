import { writeSync, writevSync } from 'node:fs';
import type { Socket } from 'node:net';
import type { Co } from '@coaio/coroutine';
import { DirectionWaiter } from '../direction-waiter.js';
import { type IOVec, iovDiscardFront, iovSize } from '../iovec.js';
import { errnoOf, QIOChannelError } from '../qio-channel-error.js';
import { descriptorOf } from './node-handle.js';

/**
 * The writing half of a socket channel. It writes straight to the descriptor: when the system takes it all, as it
 * mostly does, nothing is allocated and nobody waits. The rest goes through Node's stream, which knows how to wait.
 */
export class SocketWriter {
  readonly #channelName: string;
  readonly #socket: Socket;
  readonly #waiter: DirectionWaiter;
  #error: Error | null = null;

  constructor(channelName: string, socket: Socket) {
    this.#channelName = channelName;
    this.#socket = socket;
    this.#waiter = new DirectionWaiter(channelName, 'write');
  }

  /** No more can be written. A coroutine that waits to is woken, with `error`. */
  end(error: Error): void {
    this.#error ??= error;
    this.#waiter.wake();
  }

  /** Waits until nothing is left in Node's stream. */
  *ready(follow: boolean): Co<void> {
    this.#waiter.assertFree();
    if (this.#socket.writableLength > 0 && this.#error === null) yield* this.#throughStream([], follow);
  }

  *write(iov: IOVec, follow: boolean): Co<number> {
    this.#waiter.assertFree();
    if (this.#error !== null) throw this.#error;
    const size = iovSize(iov);
    const written = this.#tryWrite(iov);
    if (written < size) yield* this.#throughStream(iovDiscardFront(iov, written), follow);
    return size;
  }

  /** What the system takes at once; 0 when it is full, or when there is no descriptor to write to. */
  #tryWrite(iov: IOVec): number {
    const fd = descriptorOf(this.#socket);
    if (fd < 0 || this.#socket.connecting) return 0;
    try {
      const only = iov.length === 1 ? iov[0] : undefined;
      return only !== undefined ? writeSync(fd, only) : writevSync(fd, iov);
    } catch (error) {
      if (errnoOf(error) === 'EAGAIN') return 0;
      throw new QIOChannelError('QIO_CHANNEL_IO', `${this.#channelName}: write`, error);
    }
  }

  *#throughStream(iov: IOVec, follow: boolean): Co<void> {
    const outcome = { settled: false, error: null as Error | null };
    const socket = this.#socket;
    socket.cork();
    for (const piece of iov.slice(0, -1)) socket.write(piece);
    // Called back with the last piece, not with an empty write after it: a peer that has got all and closed
    // would make that one fail. Without a piece it is only called back after what is under way.
    socket.write(iov.at(-1) ?? '', (error) => {
      outcome.settled = true;
      outcome.error = error ?? null;
      this.#waiter.wake();
    });
    socket.uncork();
    while (!outcome.settled && this.#error === null) yield* this.#waiter.wait(follow);
    if (this.#error !== null) throw this.#error;
    if (outcome.error !== null) {
      throw new QIOChannelError('QIO_CHANNEL_IO', `${this.#channelName}: write`, outcome.error);
    }
  }
}
