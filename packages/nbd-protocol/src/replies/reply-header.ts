/** What a message from the server is; small integers, to switch on. */
export const ReplyKind = {
  SIMPLE: 0,
  NONE: 1,
  DATA: 2,
  HOLE: 3,
  ERROR: 4,
  ERROR_OFFSET: 5,
  /** Reserved: `decodeReply` refuses the chunk until metadata contexts can be negotiated. */
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
  /** DATA: bytes of payload that follow the returned position. HOLE: bytes that read as zeroes. Else 0. */
  length: number;
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
    message: '',
  };
}
