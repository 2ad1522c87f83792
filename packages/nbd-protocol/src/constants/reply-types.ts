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
