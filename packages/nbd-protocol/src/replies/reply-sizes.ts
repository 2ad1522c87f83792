import { MAX_STRING } from '../bytes/string.js';

export const SIMPLE_REPLY_SIZE = 16;
/** Header of a structured reply chunk, before its payload. */
export const CHUNK_HEADER_SIZE = 20;
/** Chunk header and offset: all of an OFFSET_DATA chunk but the data. */
export const DATA_CHUNK_SIZE = CHUNK_HEADER_SIZE + 8;
export const HOLE_CHUNK_SIZE = CHUNK_HEADER_SIZE + 12;
export const NONE_CHUNK_SIZE = CHUNK_HEADER_SIZE;
/** An error chunk with an empty message. */
export const ERROR_CHUNK_SIZE = CHUNK_HEADER_SIZE + 6;
export const ERROR_OFFSET_CHUNK_SIZE = ERROR_CHUNK_SIZE + 8;
/** A BLOCK_STATUS chunk up to its descriptors. */
export const STATUS_CHUNK_SIZE = CHUNK_HEADER_SIZE + 4;
/** One descriptor of a BLOCK_STATUS chunk. */
export const EXTENT_SIZE = 8;

/** Header of an extended reply chunk, before its payload. */
export const EXTENDED_CHUNK_HEADER_SIZE = 32;
export const EXTENDED_DATA_CHUNK_SIZE = EXTENDED_CHUNK_HEADER_SIZE + 8;
export const EXTENDED_HOLE_CHUNK_SIZE = EXTENDED_CHUNK_HEADER_SIZE + 12;
export const EXTENDED_NONE_CHUNK_SIZE = EXTENDED_CHUNK_HEADER_SIZE;
export const EXTENDED_ERROR_CHUNK_SIZE = EXTENDED_CHUNK_HEADER_SIZE + 6;
export const EXTENDED_ERROR_OFFSET_CHUNK_SIZE = EXTENDED_ERROR_CHUNK_SIZE + 8;
/** A BLOCK_STATUS_EXT chunk up to its descriptors. */
export const EXTENDED_STATUS_CHUNK_SIZE = EXTENDED_CHUNK_HEADER_SIZE + 8;
/** One descriptor of a BLOCK_STATUS_EXT chunk. */
export const EXTENDED_EXTENT_SIZE = 16;

/** Payload of an error chunk: fixed fields, a message of 4096 bytes, and room for fields of unknown types. */
export const MAX_CONTROL_PAYLOAD = MAX_STRING + 64;
/** The window that `decodeReply` or `decodeExtendedReply` may need to read one message. */
export const MAX_REPLY_CONTROL = EXTENDED_CHUNK_HEADER_SIZE + MAX_CONTROL_PAYLOAD;

/** Most data bytes in one chunk: its 32-bit length counts the offset too. */
export const MAX_CHUNK_DATA = 0xffffffff - 8;

/** proto.md, NBD_CMD_BLOCK_STATUS: a server SHOULD NOT send more descriptors than this in one chunk. */
export const MAX_EXTENTS = 1 << 20;
