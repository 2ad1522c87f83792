import type { TLSSocket } from 'node:tls';
import type { DirectionWaiter } from '../direction-waiter.js';
import { type IOVec, iovFromBuffer } from '../iovec.js';
import { QIO_CHANNEL_ERR_BLOCK } from '../qio-channel.js';
import type { ChannelDuplex } from './channel-duplex.js';

/** The most plain text of one TLS record: smaller pieces are gathered into one. */
const RECORD_SIZE = 16 * 1024;
/** The most that is encrypted at once, and so the most encrypted bytes that wait for the channel below. */
const WRITE_SIZE = 64 * 1024;

/**
 * The writing half of a TLS channel. TLS encrypts what is written before `write` returns, so the caller's memory is not kept; a
 * write is over when the channel below has taken all of it.
 */
export class TlsWriter {
  readonly #waiter: DirectionWaiter;
  readonly #socket: TLSSocket;
  readonly #duplex: ChannelDuplex;
  #record: Uint8Array | null = null;
  #error: unknown = null;
  /** Encrypted and not told of yet. */
  #taken = 0;
  #underWay = false;

  constructor(waiter: DirectionWaiter, socket: TLSSocket, duplex: ChannelDuplex) {
    this.#waiter = waiter;
    this.#socket = socket;
    this.#duplex = duplex;
  }

  get ready(): boolean {
    return !this.#underWay || this.#error !== null;
  }

  /** No more can be written. A coroutine that waits to is woken, with `error`. */
  end(error: unknown): void {
    this.#error ??= error;
    this.#waiter.wake();
  }

  writev(iov: IOVec): number {
    if (this.#error !== null) throw this.#error;
    if (this.#underWay) return QIO_CHANNEL_ERR_BLOCK;
    if (this.#taken > 0) return this.takeTaken();
    const bytes = this.#nextBytes(iov);
    const before = this.#duplex.bytesOut;
    this.#underWay = true;
    this.#socket.write(bytes, () => {
      this.#underWay = false;
      this.#waiter.wake();
    });
    // Its failure may be known by now.
    if (this.#error !== null) throw this.#error;
    if (this.#duplex.idle && this.#duplex.bytesOut - before > bytes.length) return bytes.length;
    this.#taken = bytes.length;
    return QIO_CHANNEL_ERR_BLOCK;
  }

  /** What the write has encrypted that was begun and has not been told of: it cannot be taken back. */
  takeTaken(): number {
    const taken = this.#taken;
    this.#taken = 0;
    return taken;
  }

  #nextBytes(iov: IOVec): Uint8Array {
    const first = iov.find((piece) => piece.length > 0);
    if (first !== undefined && (first.length >= RECORD_SIZE || first === iov.at(-1))) {
      return first.subarray(0, WRITE_SIZE);
    }
    this.#record ??= new Uint8Array(RECORD_SIZE);
    const record = this.#record;
    let size = 0;
    for (const piece of iov) {
      size += iovFromBuffer([record.subarray(size)], piece);
      if (size === RECORD_SIZE) break;
    }
    return record.subarray(0, size);
  }
}
