export { type BlockSize, isNbdError, NbdError, NbdProtocolError, NbdUsageError } from '@coaio/nbd-protocol';
export { type SocketAddress, TlsCredentials } from '@coaio/qio-channel';
export { ClientDroppedError, type ClientDroppedErrorCode } from './client-dropped-error.js';
export type { RequestStatistics } from './connection/request-counts.js';
export { FileExport, type FileExportOptions } from './exports/file-export.js';
export type { MemoryExportHandle } from './exports/memory/shared-sparse-memory.js';
export { MemoryExport } from './exports/memory-export.js';
export type {
  NbdBackend,
  NbdExtent,
  NbdExtentOptions,
  NbdExtentSource,
  NbdExtents,
  NbdReadOptions,
  NbdWork,
  NbdWriteOptions,
  NbdZeroOptions,
} from './exports/nbd-backend.js';
export { NullExport } from './exports/null-export.js';
export { OverlayExport, type OverlayExportOptions } from './exports/overlay-export.js';
export type { ExportOptions } from './exports/served-export.js';
export { type DelayOptions, type DelayRule, injectDelays } from './exports/wrappers/inject-delays.js';
export { type ErrorRule, injectErrors } from './exports/wrappers/inject-errors.js';
export { type RecordOptions, record } from './exports/wrappers/record.js';
export type { RecordedRequest } from './exports/wrappers/recorded-request.js';
export { type ReplayDifference, type ReplayResult, replay } from './exports/wrappers/replay.js';
export type { BackendRule, RuleOptions } from './exports/wrappers/rule-book.js';
export type { BackendCall, BackendOperation } from './exports/wrappers/wrap-backend.js';
export { NbdServer } from './nbd-server.js';
export type { NbdServerFeatures, NbdServerOptions } from './nbd-server-options.js';
export type { NbdServerTls } from './nbd-server-tls.js';
export type { ConnectionLimit, ServeChannelOptions } from './serve-channel-options.js';
export type { NbdConnectionSummary, NbdServerStatistics } from './server-statistics.js';
export { NbdServerThreads, type NbdServerThreadsOptions } from './threads/nbd-server-threads.js';
