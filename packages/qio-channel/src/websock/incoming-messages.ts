import type { RawData } from 'ws';
import { type IOVec, iovFromBuffer } from '../iovec.js';

/** The bytes of messages that have come and were not read. */
export class IncomingMessages {
  readonly #messages: Uint8Array[] = [];
  /** How much of the first message has been read. */
  #at = 0;
  #size = 0;

  /** Bytes to read. */
  get size(): number {
    return this.#size;
  }

  push(message: Uint8Array): void {
    // A peer may send them without end, and no limit counts them.
    if (message.length === 0) return;
    this.#messages.push(message);
    this.#size += message.length;
  }

  /** @returns how many bytes were there for `iov`. */
  take(iov: IOVec): number {
    let count = 0;
    for (const piece of iov) {
      for (let room = piece; room.length > 0; ) {
        const first = this.#messages[0];
        if (first === undefined) return count;
        const taken = iovFromBuffer([room], first.subarray(this.#at));
        room = room.subarray(taken);
        count += taken;
        this.#size -= taken;
        this.#at += taken;
        if (this.#at < first.length) continue;
        this.#messages.shift();
        this.#at = 0;
      }
    }
    return count;
  }

  clear(): void {
    this.#messages.length = 0;
    this.#at = 0;
    this.#size = 0;
  }
}

/** A message in whichever form the WebSocket gives it (`binaryType`). */
export function messageBytes(data: RawData): Uint8Array {
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data;
}
