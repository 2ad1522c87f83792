// Every name of the specification, and names for its values.

export * from './constants/index.js';

// Handshake: bytes in, events and bytes out.

export { type BlockSize, DEFAULT_BLOCK_SIZE } from './handshake/block-size.js';
export type { ClientOption } from './handshake/client/ask.js';
export type { ClientGoal, ClientHandshakeEvent } from './handshake/client/client-session.js';
export { ClientHandshake, type ClientHandshakeOptions } from './handshake/client-handshake.js';
export type { ExportFacts, ExportInfo, ExportListing } from './handshake/export-info.js';
export { exportInfoFromFlags } from './handshake/export-info.js';
export { MAX_META_CONTEXTS, type MetaContext } from './handshake/meta-context.js';
export { encodeOldstyleGreeting } from './handshake/option-data/oldstyle-greeting.js';
export type {
  ExportDirectory,
  MetaContextOffer,
  ServerHandshakeEvent,
} from './handshake/server/server-option.js';
export { ServerHandshake, type ServerHandshakeOptions } from './handshake/server-handshake.js';
export type { NbdTlsPolicy } from './handshake/tls-policy.js';

// Transmission: headers in and out of a DataView.

export { NEED_MORE, type NeedMore } from './need-more.js';
export { decodeExtendedReply } from './replies/decode-extended-reply.js';
export { decodeExtendedExtents, decodeExtents, type ExtentSink } from './replies/decode-extents.js';
export { decodeReply } from './replies/decode-reply.js';
export * from './replies/encode-extended-reply.js';
export * from './replies/encode-reply.js';
export { ReadCoverage } from './replies/read-coverage.js';
export {
  type ExtendedReplyHeader,
  newExtendedReplyHeader,
  newReplyHeader,
  type ReplyHeader,
  ReplyKind,
} from './replies/reply-header.js';
export * from './replies/reply-sizes.js';
export { StatusCoverage } from './replies/status-coverage.js';
export * from './requests/block-status-payload.js';
export * from './requests/extended-request.js';
export {
  decodeRequest,
  encodeRequest,
  newRequestHeader,
  REQUEST_SIZE,
  type RequestHeader,
} from './requests/request.js';

// Strings and errors.

export { messageBytes, quotedName, safeText } from './bytes/safe-text.js';
export { MAX_STRING } from './bytes/string.js';
export { isNbdError } from './errors/is-nbd-error.js';
export type { NbdErrorCode, NbdErrorDetails, NbdErrorLike, NbdErrorRecord } from './errors/nbd-error.js';
export { NbdError, type NbdFault, toNbdErrorRecord } from './errors/nbd-error.js';
export { type NbdOptionRefusedCode, NbdOptionRefusedError } from './errors/option-refused-error.js';
export { NbdProtocolError, type NbdProtocolErrorCode } from './errors/protocol-error.js';
export { NbdUsageError } from './errors/usage-error.js';
export { formatNbdUri } from './uri/format-nbd-uri.js';
export { NBD_DEFAULT_PORT, type NbdTlsType, type NbdUri } from './uri/nbd-uri.js';
export { parseNbdUri } from './uri/parse-nbd-uri.js';
