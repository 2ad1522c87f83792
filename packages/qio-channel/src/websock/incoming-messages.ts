import type { RawData } from 'ws';
import { type IOVec, iovFromBuffer } from '../iovec.js';

/** Shorter messages are gathered: one of 1 byte would hold 100 times its size, and 64 KiB of the connection's memory behind it. */
const GATHERED_BELOW = 4 * 1024;
const BLOCK_SIZE = 16 * 1024;

/** Memory of our own for short messages. What lies in `start` to `end` is the last entry of the list, if `open`. */
interface Block {
  readonly bytes: Uint8Array;
  start: number;
  end: number;
  open: boolean;
}

/** The bytes of messages that have come and were not read. However short these are, the list stays short. */
export class IncomingMessages {
  readonly #messages: Uint8Array[] = [];
  #block: Block | null = null;
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
    this.#size += message.length;
    // One that is read at once, as most are, is not worth a copy.
    if (message.length >= GATHERED_BELOW || this.#messages.length === 0) {
      this.#messages.push(message);
      if (this.#block !== null) this.#block.open = false;
      return;
    }
    for (let rest = message; rest.length > 0; ) rest = rest.subarray(this.#gather(rest));
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
        if (this.#at === first.length) this.#dropFirst();
      }
    }
    return count;
  }

  clear(): void {
    this.#messages.length = 0;
    this.#block = null;
    this.#at = 0;
    this.#size = 0;
  }

  /** @returns how much of `message` fitted. */
  #gather(message: Uint8Array): number {
    if (this.#block === null || this.#block.end === BLOCK_SIZE) {
      this.#block = { bytes: new Uint8Array(BLOCK_SIZE), start: 0, end: 0, open: false };
    }
    const block = this.#block;
    const part = message.subarray(0, BLOCK_SIZE - block.end);
    block.bytes.set(part, block.end);
    if (block.open) this.#messages.pop();
    else block.start = block.end;
    block.end += part.length;
    block.open = true;
    this.#messages.push(block.bytes.subarray(block.start, block.end));
    return part.length;
  }

  #dropFirst(): void {
    // The list is short: `shift` of a long one would move all of it.
    this.#messages.shift();
    this.#at = 0;
    if (this.#messages.length === 0) this.#block = null;
  }
}

/** A message in whichever form the WebSocket gives it (`binaryType`). */
export function messageBytes(data: RawData): Uint8Array {
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data;
}
