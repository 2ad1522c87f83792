import { hex16 } from '../errors/wire-literal.js';

export const NBD_REPLY_FLAG_DONE = 1 << 0;

export const NBD_REPLY_TYPE_NONE = 0;
export const NBD_REPLY_TYPE_OFFSET_DATA = 1;
export const NBD_REPLY_TYPE_OFFSET_HOLE = 2;
export const NBD_REPLY_TYPE_BLOCK_STATUS = 5;
/** Experimental EXTENDED_HEADERS extension. */
export const NBD_REPLY_TYPE_BLOCK_STATUS_EXT = 6;

/** Bit 15, set in every error chunk type, known or not. */
export const NBD_REPLY_TYPE_ERROR_BIT = 0x8000;
export const NBD_REPLY_TYPE_ERROR = 0x8001;
export const NBD_REPLY_TYPE_ERROR_OFFSET = 0x8002;

const NAMES: ReadonlyMap<number, string> = new Map([
  [NBD_REPLY_TYPE_NONE, 'NBD_REPLY_TYPE_NONE'],
  [NBD_REPLY_TYPE_OFFSET_DATA, 'NBD_REPLY_TYPE_OFFSET_DATA'],
  [NBD_REPLY_TYPE_OFFSET_HOLE, 'NBD_REPLY_TYPE_OFFSET_HOLE'],
  [NBD_REPLY_TYPE_BLOCK_STATUS, 'NBD_REPLY_TYPE_BLOCK_STATUS'],
  [NBD_REPLY_TYPE_BLOCK_STATUS_EXT, 'NBD_REPLY_TYPE_BLOCK_STATUS_EXT'],
  [NBD_REPLY_TYPE_ERROR, 'NBD_REPLY_TYPE_ERROR'],
  [NBD_REPLY_TYPE_ERROR_OFFSET, 'NBD_REPLY_TYPE_ERROR_OFFSET'],
]);

/** The specification's name of a chunk type, or "chunk type 0x002a", "error chunk 0x802a" for one it does not define. */
export function chunkTypeName(type: number): string {
  const kind = (type & NBD_REPLY_TYPE_ERROR_BIT) === 0 ? 'chunk type' : 'error chunk';
  return NAMES.get(type) ?? `${kind} ${hex16(type)}`;
}
