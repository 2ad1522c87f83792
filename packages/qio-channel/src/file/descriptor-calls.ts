import { close, readv, readvSync, writev, writevSync } from 'node:fs';
import { type IOVec, iovBounded } from '../iovec.js';
import type { IOCondition } from '../qio-channel.js';
import { QIOChannelError } from '../qio-channel-error.js';

export interface CallResult {
  error: Error | null;
  count: number;
}

/**
 * The system's reads and writes on a descriptor, in libuv's thread pool. It is closed once, and not while one of them is in the
 * system: the number could be another file's by then.
 */
export class DescriptorCalls {
  /** Fulfilled once the descriptor is closed, or no longer used if it is not ours. Rejected with what closing failed with. */
  readonly closed: Promise<void>;
  readonly #name: string;
  readonly #fd: number;
  readonly #owned: boolean;
  #settleClosed: (error: Error | null) => void = () => {};
  #inSystem = 0;
  #state: 'open' | 'closing' | 'closed' = 'open';

  constructor(name: string, fd: number, owned: boolean) {
    this.#name = name;
    this.#fd = fd;
    this.#owned = owned;
    this.closed = new Promise((resolve, reject) => {
      this.#settleClosed = (error) => (error === null ? resolve() : reject(error));
    });
    // Nobody has to ask.
    this.closed.catch(() => {});
  }

  /** @throws QIOChannelError `QIO_CHANNEL_SHUT_DOWN` */
  assertOpen(operation: string): void {
    if (this.#state === 'open') return;
    throw new QIOChannelError('QIO_CHANNEL_SHUT_DOWN', `${this.#name}: ${operation}: it is closed`);
  }

  /** `position` null: the device has none. `answered` is called in a later turn of the event loop. */
  start(
    condition: IOCondition,
    iov: IOVec,
    position: number | null,
    answered: (result: CallResult) => void,
  ): void {
    const done = (cause: Error | null, count: number): void => {
      const error = cause === null ? null : this.#failed(condition, position, cause);
      answered({ error, count: error === null ? count : 0 });
      // After it, which may look at the descriptor.
      this.#inSystem--;
      this.#closeIfDue();
    };
    if (condition === 'in') readv(this.#fd, iovBounded(iov), position, done);
    else writev(this.#fd, iovBounded(iov), position, done);
    this.#inSystem++;
  }

  /** The same at once, in this thread. */
  now(condition: IOCondition, iov: IOVec, position: number): number {
    try {
      const call = condition === 'in' ? readvSync : writevSync;
      return call(this.#fd, iovBounded(iov), position);
    } catch (error) {
      throw this.#failed(condition, position, error);
    }
  }

  close(): void {
    if (this.#state !== 'open') return;
    this.#state = 'closing';
    this.#closeIfDue();
  }

  #closeIfDue(): void {
    if (this.#state !== 'closing' || this.#inSystem > 0) return;
    this.#state = 'closed';
    if (!this.#owned) {
      this.#settleClosed(null);
      return;
    }
    close(this.#fd, (error) => {
      this.#settleClosed(error ? new QIOChannelError('QIO_CHANNEL_IO', `${this.#name}: close`, error) : null);
    });
  }

  #failed(condition: IOCondition, position: number | null, cause: unknown): QIOChannelError {
    const operation = condition === 'in' ? 'read' : 'write';
    const where = position === null ? '' : ` at ${position}`;
    return new QIOChannelError('QIO_CHANNEL_IO', `${this.#name}: ${operation}${where}`, cause);
  }
}
