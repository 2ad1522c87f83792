/** @typedef {{ bytes: number, inFlight: number }} Messages so long, and so many of them unanswered at most */

/**
 * One way to echo messages over a Unix socket, the same make on both sides.
 *
 * @typedef {object} Way
 * @property {(path: string, messages: Messages) => Promise<unknown>} serve echoes until the thread ends
 * @property {(path: string, messages: Messages) => Promise<Client>} connect
 */

/** @typedef {{ exchange: (count: number) => Promise<unknown>, close: () => void }} Client */

/** Short messages are read and answered in blocks of this size at most, whatever is there; a longer one as a whole. */
const BLOCK = 256 * 1024;

/** @param {Messages} messages */
export function blockSize({ bytes }) {
  return Math.max(bytes, BLOCK);
}

/** @param {Messages} messages */
export function isWhole({ bytes }) {
  return bytes > BLOCK;
}

/** What one client may send, and when all of it was answered. */
export class Exchange {
  #messages;
  #unsent = 0;
  #unanswered = 0;
  #partBytes = 0;
  #answered = () => {};

  /** @param {Messages} messages */
  constructor(messages) {
    this.#messages = messages;
  }

  /** @param {number} count */
  begin(count) {
    this.#unsent = count;
    return new Promise((resolve) => {
      this.#answered = () => resolve(undefined);
    });
  }

  /** They count as sent. @returns {number} messages that may leave now */
  takeSendable() {
    const count = Math.min(this.#unsent, this.#messages.inFlight - this.#unanswered);
    this.#unsent -= count;
    this.#unanswered += count;
    return count;
  }

  /** @param {number} bytes have come */
  came(bytes) {
    this.#partBytes += bytes;
    const whole = Math.floor(this.#partBytes / this.#messages.bytes);
    this.#partBytes -= whole * this.#messages.bytes;
    this.#unanswered -= whole;
    if (whole > 0 && this.#unanswered === 0 && this.#unsent === 0) this.#answered();
  }
}

/** Blocks of memory that are used again and again. */
export class Blocks {
  #size;
  /** @type {Uint8Array[]} */
  #free = [];

  /** @param {number} size */
  constructor(size) {
    this.#size = size;
  }

  take() {
    return this.#free.pop() ?? new Uint8Array(this.#size);
  }

  /** @param {Uint8Array} block */
  give(block) {
    this.#free.push(block);
  }
}
