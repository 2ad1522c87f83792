import type { Socket } from 'node:net';
import {
  encodeRequest,
  NBD_CMD_READ,
  NBD_CMD_WRITE,
  newRequestHeader,
  REQUEST_SIZE,
} from '@coaio/nbd-protocol';

/** Sends requests, all that there are at once in one write. A request's cookie is its slot. */
export class RawRequests {
  sent = 0;
  /** Of the request in each slot. */
  readonly offsets: Float64Array;
  readonly #socket: Socket;
  readonly #memory: readonly Buffer[];
  readonly #write: boolean;
  readonly #sequence: { next(): number };
  readonly #header = newRequestHeader();

  constructor(socket: Socket, memory: readonly Buffer[], write: boolean, sequence: { next(): number }) {
    this.#socket = socket;
    this.#memory = memory;
    this.#write = write;
    this.#sequence = sequence;
    this.offsets = new Float64Array(memory.length);
    this.#header.type = write ? NBD_CMD_WRITE : NBD_CMD_READ;
    this.#header.length = memory[0]?.length ?? 0;
  }

  send(slots: Iterable<number>): void {
    const all = [...slots];
    const headers = Buffer.allocUnsafe(REQUEST_SIZE * all.length);
    const view = new DataView(headers.buffer, headers.byteOffset, headers.length);
    for (const [index, slot] of all.entries()) {
      const offset = this.#sequence.next();
      this.offsets[slot] = offset;
      this.#header.cookieLow = slot;
      this.#header.offsetHigh = Math.floor(offset / 2 ** 32);
      this.#header.offsetLow = offset >>> 0;
      encodeRequest(view, index * REQUEST_SIZE, this.#header);
    }
    this.sent += all.length;
    if (this.#write) this.#sendData(all, headers);
    else if (all.length > 0) this.#socket.write(headers);
  }

  #sendData(slots: readonly number[], headers: Buffer): void {
    const socket = this.#socket;
    socket.cork();
    for (const [index, slot] of slots.entries()) {
      socket.write(headers.subarray(index * REQUEST_SIZE, (index + 1) * REQUEST_SIZE));
      socket.write(this.#memory[slot] as Buffer);
    }
    socket.uncork();
  }
}
