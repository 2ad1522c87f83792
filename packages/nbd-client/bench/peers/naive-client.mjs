// The client that one would write first, the baseline: a promise and an entry in a map for each request, a write of its own, exact reads
// of each header and of each payload. It checks nothing.
import {
  DATA_CHUNK_SIZE,
  EXTENT_SIZE,
  encodeRequest,
  NBD_CMD_BLOCK_STATUS,
  NBD_CMD_READ,
  NBD_CMD_WRITE,
  NONE_CHUNK_SIZE,
  newRequestHeader,
  REQUEST_SIZE,
  STATUS_CHUNK_SIZE,
} from '@coaio/nbd-protocol';

/** @import { QIOChannel } from '@coaio/qio-channel' */

/** Of structured replies in one chunk each. */
export class NaiveClient {
  #channel;
  #cookie = 0;
  /** @type {Map<number, { target: Uint8Array | null, resolve: () => void }>} */
  #waiting = new Map();
  #lastWrite = Promise.resolve();

  /** @param {QIOChannel} channel already in transmission */
  constructor(channel) {
    this.#channel = channel;
    void this.#receive();
  }

  /** @param {number} offset @param {Uint8Array} target */
  readInto(offset, target) {
    return this.#request(NBD_CMD_READ, offset, target.length, target, null);
  }

  /** @param {number} offset @param {Uint8Array} data */
  write(offset, data) {
    return this.#request(NBD_CMD_WRITE, offset, data.length, null, data);
  }

  /** @param {number} offset @param {number} length */
  blockStatus(offset, length) {
    return this.#request(NBD_CMD_BLOCK_STATUS, offset, length, null, null);
  }

  close() {
    this.#channel.close();
  }

  /**
   * @param {number} type
   * @param {number} offset
   * @param {number} length
   * @param {Uint8Array | null} target
   * @param {Uint8Array | null} payload
   * @returns {Promise<void>}
   */
  #request(type, offset, length, target, payload) {
    const cookieLow = this.#cookie++ >>> 0;
    const header = Buffer.alloc(REQUEST_SIZE);
    const view = new DataView(header.buffer, header.byteOffset, header.length);
    encodeRequest(view, 0, { ...newRequestHeader(), type, cookieLow, offsetLow: offset, length });
    return new Promise((resolve) => {
      this.#waiting.set(cookieLow, { target, resolve });
      this.#lastWrite = this.#lastWrite.then(() =>
        this.#channel.promises.writevAll(payload === null ? [header] : [header, payload]),
      );
    });
  }

  async #receive() {
    const { promises } = this.#channel;
    const header = Buffer.alloc(NONE_CHUNK_SIZE);
    const position = Buffer.alloc(DATA_CHUNK_SIZE - NONE_CHUNK_SIZE);
    const status = Buffer.alloc(STATUS_CHUNK_SIZE - NONE_CHUNK_SIZE + EXTENT_SIZE);
    while (await promises.readvAllEof([header])) {
      const cookie = header.readUInt32BE(12);
      const request = this.#waiting.get(cookie);
      if (request === undefined) throw new Error(`no request has the cookie ${cookie}`);
      if (request.target !== null) {
        await promises.readvAll([position]);
        await promises.readvAll([request.target]);
      } else if (header.readUInt32BE(16) > 0) await promises.readvAll([status]);
      this.#waiting.delete(cookie);
      request.resolve();
    }
  }
}
