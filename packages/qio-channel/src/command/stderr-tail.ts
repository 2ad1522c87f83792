import type { Socket } from 'node:net';

const TAIL_SIZE = 4 * 1024;

/**
 * Reads a command's stderr to its end, and keeps the last of it: the command never waits there, nor dies of SIGPIPE when its channel
 * was closed. Once the command's end is told all of it is here: the event loop tells of signals, and so of children, after what could
 * be read in the same turn.
 */
export class StderrTail {
  #tail: Uint8Array = new Uint8Array(0);

  constructor(socket: Socket) {
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

  #add(chunk: Uint8Array): void {
    const end = chunk.subarray(-TAIL_SIZE);
    this.#tail = Buffer.concat([this.#tail, end]).subarray(-TAIL_SIZE);
  }
}
