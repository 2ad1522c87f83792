// 64-bit magics come whole, for reading, and as the two 32-bit halves that the codecs compare.

/** `NBDMAGIC` in ASCII: the first 8 bytes of every greeting, old style or new. */
export const NBD_INIT_PASSWD = 0x4e42444d41474943n;
export const NBD_INIT_PASSWD_HIGH = 0x4e42444d;
export const NBD_INIT_PASSWD_LOW = 0x41474943;

/** Second magic of an oldstyle greeting (`cliserv_magic`). */
export const NBD_CLISERV_MAGIC = 0x00420281861253n;
export const NBD_CLISERV_MAGIC_HIGH = 0x00004202;
export const NBD_CLISERV_MAGIC_LOW = 0x81861253;

/** `IHAVEOPT` in ASCII: second magic of a newstyle greeting, and the start of each option. */
export const NBD_OPTS_MAGIC = 0x49484156454f5054n;
export const NBD_OPTS_MAGIC_HIGH = 0x49484156;
export const NBD_OPTS_MAGIC_LOW = 0x454f5054;

/** Start of each option reply. */
export const NBD_REP_MAGIC = 0x3e889045565a9n;
export const NBD_REP_MAGIC_HIGH = 0x0003e889;
export const NBD_REP_MAGIC_LOW = 0x045565a9;

export const NBD_REQUEST_MAGIC = 0x25609513;
export const NBD_SIMPLE_REPLY_MAGIC = 0x67446698;
export const NBD_STRUCTURED_REPLY_MAGIC = 0x668e33ef;

/** Experimental EXTENDED_HEADERS extension. */
export const NBD_EXTENDED_REQUEST_MAGIC = 0x21e41c71;
/** Experimental EXTENDED_HEADERS extension. */
export const NBD_EXTENDED_REPLY_MAGIC = 0x6e8a278c;
