import {
  CHUNK_HEADER_SIZE,
  chunkTypeName,
  DATA_CHUNK_SIZE,
  HOLE_CHUNK_SIZE,
  NBD_REPLY_FLAG_DONE,
  NBD_REPLY_TYPE_NONE,
  NBD_REPLY_TYPE_OFFSET_DATA,
  NBD_REPLY_TYPE_OFFSET_HOLE,
  NBD_STRUCTURED_REPLY_MAGIC,
  SIMPLE_REPLY_SIZE,
} from '@coaio/nbd-protocol';
import { RawReplies } from './raw-replies.js';

/** Reads structured replies, and the simple ones that a server may still give to writes. */
export class RawChunks extends RawReplies {
  readonly #offsets: Readonly<Record<number, number>>;

  /** @param offsets of the request in each slot */
  constructor(memory: readonly Buffer[], write: boolean, offsets: Readonly<Record<number, number>>) {
    super(memory, write);
    this.#offsets = offsets;
  }

  protected override takeHeader(): boolean {
    const { window, at } = this;
    const here = this.end - at;
    // The shortest there is: a chunk without a payload is longer.
    if (here < SIMPLE_REPLY_SIZE) return false;
    if (window.readUInt32BE(at) !== NBD_STRUCTURED_REPLY_MAGIC) return super.takeHeader();
    if (here < CHUNK_HEADER_SIZE) return false;
    const done = (window.readUInt16BE(at + 4) & NBD_REPLY_FLAG_DONE) !== 0;
    const type = window.readUInt16BE(at + 6);
    const slot = window.readUInt32BE(at + 12);
    const length = window.readUInt32BE(at + 16);
    if (type === NBD_REPLY_TYPE_OFFSET_DATA) {
      if (here < DATA_CHUNK_SIZE) return false;
      this.expect(slot, this.#place(slot), length - (DATA_CHUNK_SIZE - CHUNK_HEADER_SIZE), done);
      this.at += DATA_CHUNK_SIZE;
    } else if (type === NBD_REPLY_TYPE_OFFSET_HOLE) {
      if (here < HOLE_CHUNK_SIZE) return false;
      const to = this.#place(slot);
      this.target(slot).fill(0, to, to + window.readUInt32BE(at + DATA_CHUNK_SIZE));
      this.expect(slot, to, 0, done);
      this.at += HOLE_CHUNK_SIZE;
    } else if (type === NBD_REPLY_TYPE_NONE) {
      this.expect(slot, 0, 0, done);
      this.at += CHUNK_HEADER_SIZE;
    } else throw new Error(`reply with ${chunkTypeName(type)}`);
    return true;
  }

  /** Where in its slot the chunk at hand begins. */
  #place(slot: number): number {
    const offset =
      this.window.readUInt32BE(this.at + CHUNK_HEADER_SIZE) * 2 ** 32 +
      this.window.readUInt32BE(this.at + CHUNK_HEADER_SIZE + 4);
    return offset - (this.#offsets[slot] as number);
  }
}
