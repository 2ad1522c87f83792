/** What a message from the server is; small integers, to switch on. */
export const ReplyKind = {
  SIMPLE: 0,
  NONE: 1,
  DATA: 2,
  HOLE: 3,
  ERROR: 4,
  ERROR_OFFSET: 5,
  /** NBD_REPLY_TYPE_BLOCK_STATUS, or NBD_REPLY_TYPE_BLOCK_STATUS_EXT under extended headers. */
  BLOCK_STATUS: 6,
} as const;

export type ReplyKind = (typeof ReplyKind)[keyof typeof ReplyKind];

/** One reply header. Mutable: make one with `newReplyHeader()` and reuse it. Every decode sets all fields. */
export interface ReplyHeader {
  kind: ReplyKind;
  cookieHigh: number;
  cookieLow: number;
  /** Nothing more follows for this cookie. Always true for a simple reply. */
  done: boolean;
  /** Error value as sent, 0 = none. `errnoName()` turns values without a definition into EINVAL. */
  error: number;
  /** Absolute offset in the export of DATA, HOLE and ERROR_OFFSET; else 0. */
  offsetHigh: number;
  offsetLow: number;
  /**
   * DATA: bytes of payload that follow the returned position. BLOCK_STATUS: bytes of descriptors that follow it.
   * HOLE: bytes that read as zeroes. Else 0.
   */
  length: number;
  /** Metadata context of BLOCK_STATUS; else 0. */
  contextId: number;
  /** The server's words about an error, safe to print. */
  message: string;
}

export function newReplyHeader(): ReplyHeader {
  return {
    kind: ReplyKind.SIMPLE,
    cookieHigh: 0,
    cookieLow: 0,
    done: false,
    error: 0,
    offsetHigh: 0,
    offsetLow: 0,
    length: 0,
    contextId: 0,
    message: '',
  };
}

/** One reply header under extended headers. Mutable, like ReplyHeader. */
export interface ExtendedReplyHeader extends ReplyHeader {
  /** The server's copy of the request's offset. It MUST match; the caller, who knows the request, checks it. */
  requestOffsetHigh: number;
  requestOffsetLow: number;
}

export function newExtendedReplyHeader(): ExtendedReplyHeader {
  return { ...newReplyHeader(), requestOffsetHigh: 0, requestOffsetLow: 0 };
}
