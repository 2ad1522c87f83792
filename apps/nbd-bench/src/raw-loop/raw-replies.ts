import { NBD_SIMPLE_REPLY_MAGIC, SIMPLE_REPLY_SIZE } from '@coaio/nbd-protocol';

const WINDOW = 256 * 1024;
/** A payload of this size is read straight to its place, and what is read before it is to be short: as the client does. */
const DIRECT_MIN = 160 * 1024;
const HEADERS_ONLY = 4096;

/** Reads simple replies to requests of one size. */
export class RawReplies {
  ios = 0;
  readonly #memory: readonly Buffer[];
  readonly #dataLength: number;
  protected readonly window = Buffer.alloc(WINDOW);
  /** Not consumed: `window[at..end)`. */
  protected at = 0;
  protected end = 0;
  /** The payload under way: the rest of it goes to `memory[slot][to..to+missing)`. */
  #slot = 0;
  #to = 0;
  #missing = 0;
  /** Then the reply is complete. */
  #last = false;
  #direct = false;

  /** @param write the replies have no data */
  constructor(memory: readonly Buffer[], write: boolean) {
    this.#memory = memory;
    this.#dataLength = write ? 0 : (memory[0]?.length ?? 0);
  }

  /** Where the next bytes are to go. */
  place(): Buffer {
    this.#direct = this.#missing > 0 && this.#dataLength >= DIRECT_MIN;
    if (this.#direct) return this.target(this.#slot).subarray(this.#to, this.#to + this.#missing);
    this.window.copyWithin(0, this.at, this.end);
    this.end -= this.at;
    this.at = 0;
    const most = this.#dataLength >= DIRECT_MIN ? HEADERS_ONLY : WINDOW;
    return this.window.subarray(this.end, Math.min(this.end + most, WINDOW));
  }

  /** So many have come to the last place. @returns slots whose reply is complete */
  land(count: number): number[] {
    const free: number[] = [];
    if (this.#direct) {
      this.#landed(count, free);
      return free;
    }
    this.end += count;
    while (this.#takePayload(free) && this.takeHeader()) this.#landed(0, free);
    return free;
  }

  /** @returns false when not all of it is here yet; else {@link expect} was told what follows. */
  protected takeHeader(): boolean {
    if (this.end - this.at < SIMPLE_REPLY_SIZE) return false;
    const [magic, error] = [this.window.readUInt32BE(this.at), this.window.readUInt32BE(this.at + 4)];
    if (magic !== NBD_SIMPLE_REPLY_MAGIC || error !== 0) throw new Error(`reply with the error ${error}`);
    this.expect(this.window.readUInt32BE(this.at + 12), 0, this.#dataLength, true);
    this.at += SIMPLE_REPLY_SIZE;
    return true;
  }

  /** @param last nothing follows it */
  protected expect(slot: number, to: number, length: number, last: boolean): void {
    this.#slot = slot;
    this.#to = to;
    this.#missing = length;
    this.#last = last;
  }

  protected target(slot: number): Buffer {
    return this.#memory[slot] as Buffer;
  }

  /** Takes what is in the window of the payload under way. @returns whether that was the rest of it */
  #takePayload(free: number[]): boolean {
    if (this.#missing === 0) return true;
    const here = Math.min(this.#missing, this.end - this.at);
    this.window.copy(this.target(this.#slot), this.#to, this.at, this.at + here);
    this.at += here;
    this.#landed(here, free);
    return this.#missing === 0;
  }

  #landed(count: number, free: number[]): void {
    this.#to += count;
    this.#missing -= count;
    if (this.#missing > 0 || !this.#last) return;
    this.ios++;
    free.push(this.#slot);
  }
}
