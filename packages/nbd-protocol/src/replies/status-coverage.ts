import { NbdProtocolError } from '../errors/protocol-error.js';
import { hex32 } from '../errors/wire-literal.js';
import type { ExtentSink } from './decode-extents.js';

/**
 * Says whether the chunks of one NBD_CMD_BLOCK_STATUS answer it: exactly one status chunk for each metadata context
 * that was asked about, each with at least one extent, none that starts past the end of the request. Call `begin()`;
 * then `beginChunk()` for each BLOCK_STATUS and `addExtent()` for each of its extents, `addError()` for each error
 * chunk; `finish()` when the reply is done. Lengths are exact up to 2^53 bytes.
 *
 * All methods throw NbdProtocolError: a reply that lies about its contents MUST end the connection.
 */
export class StatusCoverage implements ExtentSink {
  /** Contexts whose chunk is yet to come. */
  readonly #missing = new Set<number>();
  readonly #seen = new Set<number>();
  #length = 0;
  #one = false;
  /** In the chunk at hand: bytes its extents covered so far, and their number. */
  #covered = 0;
  #extents = 0;
  #failed = false;

  /**
   * @param contextIds what the reply must bring: all negotiated contexts, or those of the request's payload
   * @param length bytes that the request asked about
   * @param one NBD_CMD_FLAG_REQ_ONE: one extent for each context, within the request
   */
  begin(contextIds: Iterable<number>, length: number, one: boolean): void {
    this.#missing.clear();
    this.#seen.clear();
    for (const id of contextIds) this.#missing.add(id);
    this.#length = length;
    this.#one = one;
    this.#covered = 0;
    this.#extents = 0;
    this.#failed = false;
  }

  beginChunk(contextId: number): void {
    if (this.#seen.has(contextId)) throw bad(`a second chunk for metadata context ${hex32(contextId)}`);
    if (!this.#missing.delete(contextId)) throw bad(`metadata context ${hex32(contextId)} was not asked for`);
    this.#seen.add(contextId);
    this.#covered = 0;
    this.#extents = 0;
  }

  addExtent(lengthHigh: number, lengthLow: number): void {
    const length = lengthHigh * 2 ** 32 + lengthLow;
    if (this.#one && (this.#extents > 0 || length > this.#length)) {
      const what = this.#extents > 0 ? 'a second extent' : `an extent of ${length} bytes`;
      throw bad(`${what} for a request of ${this.#length} bytes with NBD_CMD_FLAG_REQ_ONE`);
    }
    // The last extent may reach past the request, as far as the server knows anyway; none may start there.
    if (this.#extents > 0 && this.#covered >= this.#length) {
      throw bad(`extent at ${this.#covered} lies past the request of ${this.#length} bytes`);
    }
    this.#covered += length;
    this.#extents += 1;
  }

  /** An error chunk: contexts may then be missing. */
  addError(): void {
    this.#failed = true;
  }

  finish(): void {
    const [missing] = this.#missing;
    if (this.#failed || missing === undefined) return;
    throw bad(`reply ended without metadata context ${hex32(missing)}`);
  }
}

function bad(detail: string): NbdProtocolError {
  return new NbdProtocolError('NBD_BAD_REPLY', 'NBD_CMD_BLOCK_STATUS', detail);
}
