export {
  type ExportInfo,
  type ExportListing,
  isNbdError,
  type MetaContext,
  NbdError,
  type NbdErrorCode,
  type NbdErrorLike,
  type NbdErrorRecord,
  type NbdFault,
  NbdOptionRefusedError,
  NbdProtocolError,
  type NbdTlsPolicy,
  NbdUsageError,
  toNbdErrorRecord,
} from '@coaio/nbd-protocol';
export { type PreSharedKey, type SocketAddress, TlsCredentials } from '@coaio/qio-channel';
export { AttachedNbdClient, type AttachOptions } from './any-thread/attached-nbd-client.js';
export type { NbdClientHandle } from './any-thread/client-handle.js';
export type { NbdClientTrace, TracedRequest } from './client-diagnostics.js';
export type { NbdStatistics } from './client-statistics.js';
export type { ClientCommands } from './commands/client-commands.js';
export { CoNbdClient } from './commands/co-nbd-client.js';
export type { BlockStatusOptions, WriteOptions, WriteZeroesOptions } from './commands/command-options.js';
export type { StrictOptions } from './commands/validate-request.js';
export type { EstablishOptions } from './establish/establish-wait.js';
export { NbdClientConnection, type NbdClientConnectionOptions } from './establish/nbd-client-connection.js';
export type { NbdClientConnectionHandle } from './establish/nbd-client-connection-handle.js';
export { RemoteNbdClientConnection } from './establish/remote-nbd-client-connection.js';
export type { Latency } from './latency-histogram.js';
export type { NbdCapabilities } from './nbd-capabilities.js';
export { NbdClient } from './nbd-client.js';
export { ConnectionLostError, NbdServerError, NbdTimeoutError, NbdTlsError } from './nbd-client-error.js';
export type { NbdClientEvent } from './nbd-client-event.js';
export type { ConnectTarget, NbdClientOptions } from './nbd-client-options.js';
export { NbdNegotiation } from './nbd-negotiation.js';
export type { NbdTlsOptions } from './nbd-tls-options.js';
export type { DescribedListing, ExportDescription } from './negotiation/describe-exports.js';
export type { RequestOptions } from './requests/request-options.js';
export type { BlockStatus, BlockStatusExtent } from './requests/status-reply.js';
export type { Extent } from './sequences/extent.js';
export type { ExtentsOptions } from './sequences/extents.js';
export type { ReadStreamOptions } from './sequences/nbd-read-stream.js';
export type { WriteStreamOptions } from './sequences/nbd-write-stream.js';
export type { ReadChunksOptions } from './sequences/read-chunks.js';
export type { ReadChunk } from './sequences/read-chunks-reply.js';
export type { StreamOptions } from './sequences/stream-range.js';
