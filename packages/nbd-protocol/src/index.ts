// Every name of the specification, and names for its values.

export * from './constants/index.js';

// Handshake: bytes in, events and bytes out.

export { type BlockSize, DEFAULT_BLOCK_SIZE } from './handshake/block-size.js';
export type { ClientHandshakeEvent } from './handshake/client/client-phase.js';
export { ClientHandshake, type ClientHandshakeOptions } from './handshake/client-handshake.js';
export type { ExportFacts, ExportInfo, ExportListing } from './handshake/export-info.js';
export { exportInfoFromFlags } from './handshake/export-info.js';
export type { ExportDirectory, ServerHandshakeEvent } from './handshake/server/server-option.js';
export { ServerHandshake, type ServerHandshakeOptions } from './handshake/server-handshake.js';

// Transmission: headers in and out of a DataView.

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

// Strings and errors.

export { messageBytes, safeText } from './bytes/safe-text.js';
export { MAX_STRING } from './bytes/string.js';
export { isNbdError } from './errors/is-nbd-error.js';
export type { NbdErrorCode, NbdErrorDetails, NbdErrorLike, NbdErrorRecord } from './errors/nbd-error.js';
export { NbdError, type NbdFault } from './errors/nbd-error.js';
export { type NbdOptionRefusedCode, NbdOptionRefusedError } from './errors/option-refused-error.js';
export { NbdProtocolError, type NbdProtocolErrorCode } from './errors/protocol-error.js';
export { NbdUsageError } from './errors/usage-error.js';
export { formatNbdUri, NBD_DEFAULT_PORT, type NbdTlsType, type NbdUri, parseNbdUri } from './uri/nbd-uri.js';
