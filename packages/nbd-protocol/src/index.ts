export { messageBytes, safeText } from './bytes/safe-text.js';
export { MAX_STRING } from './bytes/string.js';
export * from './constants/index.js';
export { isNbdError } from './errors/is-nbd-error.js';
export {
  NbdError,
  type NbdErrorCode,
  type NbdErrorDetails,
  type NbdErrorLike,
  type NbdErrorRecord,
  type NbdFault,
} from './errors/nbd-error.js';
export { type NbdOptionRefusedCode, NbdOptionRefusedError } from './errors/option-refused-error.js';
export { NbdProtocolError, type NbdProtocolErrorCode } from './errors/protocol-error.js';
export { NEED_MORE, type NeedMore } from './need-more.js';
export { decodeReply } from './replies/decode-reply.js';
export * from './replies/encode-reply.js';
export { ReadCoverage } from './replies/read-coverage.js';
export { newReplyHeader, type ReplyHeader, ReplyKind } from './replies/reply-header.js';
export * from './replies/reply-sizes.js';
export {
  decodeRequest,
  encodeRequest,
  newRequestHeader,
  REQUEST_SIZE,
  type RequestHeader,
} from './requests/request.js';
