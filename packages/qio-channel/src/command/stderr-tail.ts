import { readSync } from 'node:fs';
import type { Socket } from 'node:net';
import { descriptorOf } from '../socket/node-handle.js';

const TAIL_SIZE = 4 * 1024;
/** The most that {@link StderrTail.drain} reads, of whoever still writes: more than a socket holds. */
const DRAIN_MAX = 1024 * 1024;

/** Reads a command's stderr for ever, so that it never waits there, and keeps the end. */
export class StderrTail {
  readonly #socket: Socket;
  #tail: Uint8Array = new Uint8Array(0);

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => this.#add(chunk));
    // What cannot be read is not told to anybody: it is only for messages.
    socket.on('error', () => {});
    // A grandchild may keep it open for long after the command: nobody waits for that.
    socket.unref();
  }

  get text(): string {
    const text = Buffer.from(this.#tail).toString();
    // Cut within a character.
    return this.#tail.length === TAIL_SIZE ? text.replace(/^\uFFFD+/, '') : text;
  }

  /** Takes what the command wrote before it ended, and the event loop has not brought yet. */
  drain(): void {
    const fd = descriptorOf(this.#socket);
    if (fd < 0) return;
    const chunk = new Uint8Array(64 * 1024);
    try {
      for (let read = 0; read < DRAIN_MAX; ) {
        const count = readSync(fd, chunk);
        if (count === 0) return;
        this.#add(chunk.subarray(0, count));
        read += count;
      }
    } catch {
      // EAGAIN: that was all.
    }
  }

  close(): void {
    this.#socket.destroy();
  }

  #add(chunk: Uint8Array): void {
    const end = chunk.subarray(-TAIL_SIZE);
    this.#tail = Buffer.concat([this.#tail, end]).subarray(-TAIL_SIZE);
  }
}
