import { NBD_SIMPLE_REPLY_MAGIC, SIMPLE_REPLY_SIZE } from '@coaio/nbd-protocol';

const WINDOW = 256 * 1024;
/** A payload of this size is read straight to its place, and what is read before it is to be short: as the client does. */
const DIRECT_MIN = 160 * 1024;
const HEADERS_ONLY = 4096;

/** Reads simple replies of one size. */
export class RawReplies {
  ios = 0;
  readonly #memory: readonly Buffer[];
  readonly #dataLength: number;
  readonly #window = Buffer.alloc(WINDOW);
  /** Not consumed: `window[at..end)`. */
  #at = 0;
  #end = 0;
  /** The payload under way. */
  #slot = 0;
  #missing = 0;
  #direct = false;

  /** @param write the replies have no data */
  constructor(memory: readonly Buffer[], write: boolean) {
    this.#memory = memory;
    this.#dataLength = write ? 0 : (memory[0]?.length ?? 0);
  }

  /** Where the next bytes are to go. */
  place(): Buffer {
    this.#direct = this.#missing > 0 && this.#dataLength >= DIRECT_MIN;
    if (this.#direct) return this.#target.subarray(this.#dataLength - this.#missing);
    this.#window.copyWithin(0, this.#at, this.#end);
    this.#end -= this.#at;
    this.#at = 0;
    const most = this.#dataLength >= DIRECT_MIN ? HEADERS_ONLY : WINDOW;
    return this.#window.subarray(this.#end, Math.min(this.#end + most, WINDOW));
  }

  /** So many have come to the last place. @returns slots whose reply is complete */
  land(count: number): number[] {
    const free: number[] = [];
    if (this.#direct) {
      this.#missing -= count;
      if (this.#missing === 0) this.#complete(free);
      return free;
    }
    this.#end += count;
    while (this.#take(free));
    return free;
  }

  /** @returns whether there may be more */
  #take(free: number[]): boolean {
    if (this.#missing > 0) {
      const here = Math.min(this.#missing, this.#end - this.#at);
      this.#window.copy(this.#target, this.#dataLength - this.#missing, this.#at, this.#at + here);
      this.#at += here;
      this.#missing -= here;
      if (this.#missing > 0) return false;
      this.#complete(free);
      return true;
    }
    if (this.#end - this.#at < SIMPLE_REPLY_SIZE) return false;
    const [magic, error] = [this.#window.readUInt32BE(this.#at), this.#window.readUInt32BE(this.#at + 4)];
    if (magic !== NBD_SIMPLE_REPLY_MAGIC || error !== 0) throw new Error(`reply with the error ${error}`);
    this.#slot = this.#window.readUInt32BE(this.#at + 12);
    this.#at += SIMPLE_REPLY_SIZE;
    this.#missing = this.#dataLength;
    if (this.#missing === 0) this.#complete(free);
    return true;
  }

  get #target(): Buffer {
    return this.#memory[this.#slot] as Buffer;
  }

  #complete(free: number[]): void {
    this.ios++;
    free.push(this.#slot);
  }
}
