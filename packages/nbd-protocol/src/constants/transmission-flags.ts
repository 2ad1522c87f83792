/** MUST always be 1. */
export const NBD_FLAG_HAS_FLAGS = 1 << 0;
export const NBD_FLAG_READ_ONLY = 1 << 1;
export const NBD_FLAG_SEND_FLUSH = 1 << 2;
export const NBD_FLAG_SEND_FUA = 1 << 3;
export const NBD_FLAG_ROTATIONAL = 1 << 4;
export const NBD_FLAG_SEND_TRIM = 1 << 5;
export const NBD_FLAG_SEND_WRITE_ZEROES = 1 << 6;
/** MUST be clear unless structured replies were negotiated. */
export const NBD_FLAG_SEND_DF = 1 << 7;
export const NBD_FLAG_CAN_MULTI_CONN = 1 << 8;
/** Experimental RESIZE extension. */
export const NBD_FLAG_SEND_RESIZE = 1 << 9;
export const NBD_FLAG_SEND_CACHE = 1 << 10;
/** MUST be clear unless NBD_FLAG_SEND_WRITE_ZEROES is set. */
export const NBD_FLAG_SEND_FAST_ZERO = 1 << 11;
/** Experimental EXTENDED_HEADERS extension. */
export const NBD_FLAG_BLOCK_STATUS_PAYLOAD = 1 << 12;
