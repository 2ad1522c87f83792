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

/** Payload of an error chunk: fixed fields, a message of 4096 bytes, and room for fields of unknown types. */
export const MAX_CONTROL_PAYLOAD = MAX_STRING + 64;
/** The window that `decodeReply` may need to read one message. */
export const MAX_REPLY_CONTROL = CHUNK_HEADER_SIZE + MAX_CONTROL_PAYLOAD;

/** Most data bytes in one chunk: its 32-bit length counts the offset too. */
export const MAX_CHUNK_DATA = 0xffffffff - 8;
