import { hex32 } from '../errors/wire-literal.js';

export const NBD_REP_ACK = 1;
export const NBD_REP_SERVER = 2;
export const NBD_REP_INFO = 3;
export const NBD_REP_META_CONTEXT = 4;

/** Set in every error reply, known or not. */
export const NBD_REP_FLAG_ERROR = 0x80000000;
export const NBD_REP_ERR_UNSUP = 0x80000001;
export const NBD_REP_ERR_POLICY = 0x80000002;
export const NBD_REP_ERR_INVALID = 0x80000003;
export const NBD_REP_ERR_PLATFORM = 0x80000004;
export const NBD_REP_ERR_TLS_REQD = 0x80000005;
export const NBD_REP_ERR_UNKNOWN = 0x80000006;
export const NBD_REP_ERR_SHUTDOWN = 0x80000007;
export const NBD_REP_ERR_BLOCK_SIZE_REQD = 0x80000008;
export const NBD_REP_ERR_TOO_BIG = 0x80000009;
/** Experimental EXTENDED_HEADERS extension. */
export const NBD_REP_ERR_EXT_HEADER_REQD = 0x8000000a;

const NAMES: ReadonlyMap<number, string> = new Map([
  [NBD_REP_ACK, 'NBD_REP_ACK'],
  [NBD_REP_SERVER, 'NBD_REP_SERVER'],
  [NBD_REP_INFO, 'NBD_REP_INFO'],
  [NBD_REP_META_CONTEXT, 'NBD_REP_META_CONTEXT'],
  [NBD_REP_ERR_UNSUP, 'NBD_REP_ERR_UNSUP'],
  [NBD_REP_ERR_POLICY, 'NBD_REP_ERR_POLICY'],
  [NBD_REP_ERR_INVALID, 'NBD_REP_ERR_INVALID'],
  [NBD_REP_ERR_PLATFORM, 'NBD_REP_ERR_PLATFORM'],
  [NBD_REP_ERR_TLS_REQD, 'NBD_REP_ERR_TLS_REQD'],
  [NBD_REP_ERR_UNKNOWN, 'NBD_REP_ERR_UNKNOWN'],
  [NBD_REP_ERR_SHUTDOWN, 'NBD_REP_ERR_SHUTDOWN'],
  [NBD_REP_ERR_BLOCK_SIZE_REQD, 'NBD_REP_ERR_BLOCK_SIZE_REQD'],
  [NBD_REP_ERR_TOO_BIG, 'NBD_REP_ERR_TOO_BIG'],
  [NBD_REP_ERR_EXT_HEADER_REQD, 'NBD_REP_ERR_EXT_HEADER_REQD'],
]);

/** The specification's name of an option reply type, or "reply 0x80000042" for one it does not define. */
export function optionReplyName(reply: number): string {
  return NAMES.get(reply) ?? `reply ${hex32(reply)}`;
}
