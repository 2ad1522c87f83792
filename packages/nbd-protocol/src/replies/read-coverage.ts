import { NbdProtocolError } from '../errors/protocol-error.js';

/**
 * Separate pieces of one read that are kept in mind at once. 32 MiB answered in pieces of 4 KiB, in the worst
 * order, leaves 4096 of them; a server beyond that costs us memory on purpose.
 */
const MAX_RUNS = 4096;

/**
 * Says whether the chunks of one structured NBD_CMD_READ cover each byte exactly once. Call `begin()`, then
 * `add()` for each DATA and HOLE, `addError()` or `addErrorAt()` for each error chunk, `finish()` when the reply
 * is done; then `begin()` again for the next read. Offsets are relative to the start of the request.
 *
 * All methods throw NbdProtocolError: a reply that lies about its contents MUST end the connection.
 */
export class ReadCoverage {
  #length = 0;
  /** Bytes [0, #prefix) are covered. Chunks in ascending order, one or many, touch nothing else. */
  #prefix = 0;
  /** Ascending, disjoint [start, end) pairs that lie beyond #prefix. */
  readonly #runs: number[] = [];
  #failed = false;

  /** @param length bytes that the request asked for */
  begin(length: number): void {
    this.#length = length;
    this.#prefix = 0;
    this.#failed = false;
    if (this.#runs.length > 0) this.#runs.length = 0;
  }

  /** A content chunk: data or a hole. */
  add(relativeOffset: number, length: number): void {
    if (length < 1) throw bad(`chunk of ${length} bytes at ${relativeOffset}, at least 1 needed`);
    const end = relativeOffset + length;
    if (!(relativeOffset >= 0 && end <= this.#length)) {
      throw bad(`chunk of ${length} bytes at ${relativeOffset} exceeds the request of ${this.#length} bytes`);
    }
    if (relativeOffset === this.#prefix && this.#runs.length === 0) {
      this.#prefix = end;
      return;
    }
    this.#insert(relativeOffset, end);
  }

  /** An error chunk without offset. */
  addError(): void {
    this.#failed = true;
  }

  /** An error chunk for one byte. Content for that byte MUST NOT follow, but may have come before. */
  addErrorAt(relativeOffset: number): void {
    if (!(relativeOffset >= 0 && relativeOffset < this.#length)) {
      throw bad(`error at offset ${relativeOffset} lies outside the request of ${this.#length} bytes`);
    }
    this.#failed = true;
    if (!this.#covers(relativeOffset)) this.#insert(relativeOffset, relativeOffset + 1);
  }

  /** The reply is done. Bytes may be missing only if an error chunk said so. */
  finish(): void {
    if (this.#failed || this.#prefix === this.#length) return;
    throw bad(`reply ended without the bytes from ${this.#prefix} on, ${this.#length} were requested`);
  }

  #covers(offset: number): boolean {
    if (offset < this.#prefix) return true;
    const at = this.#firstRunEndingAfter(offset);
    return at < this.#runs.length && this.#runAt(at) <= offset;
  }

  #insert(start: number, end: number): void {
    const runs = this.#runs;
    const at = this.#firstRunEndingAfter(start);
    if (start < this.#prefix || (at < runs.length && this.#runAt(at) < end)) {
      throw bad(`chunk of ${end - start} bytes at ${start} overlaps an earlier chunk`);
    }
    const joinsPrevious = at > 0 && this.#runAt(at - 1) === start;
    const joinsNext = at < runs.length && this.#runAt(at) === end;
    if (joinsPrevious && joinsNext) runs.splice(at - 1, 2);
    else if (joinsPrevious) runs[at - 1] = end;
    else if (joinsNext) runs[at] = start;
    else runs.splice(at, 0, start, end);
    if (runs[0] === this.#prefix) {
      this.#prefix = this.#runAt(1);
      runs.splice(0, 2);
    }
    if (runs.length > MAX_RUNS * 2) {
      throw new NbdProtocolError(
        'NBD_REPLY_TOO_LARGE',
        'NBD_CMD_READ',
        `reply in over ${MAX_RUNS} scattered pieces`,
      );
    }
  }

  /** Index of the start of the first run whose end is beyond `offset`. */
  #firstRunEndingAfter(offset: number): number {
    let low = 0;
    let high = this.#runs.length / 2;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#runAt(middle * 2 + 1) > offset) high = middle;
      else low = middle + 1;
    }
    return low * 2;
  }

  #runAt(index: number): number {
    return this.#runs[index] as number;
  }
}

function bad(detail: string): NbdProtocolError {
  return new NbdProtocolError('NBD_BAD_REPLY', 'NBD_CMD_READ', detail);
}
