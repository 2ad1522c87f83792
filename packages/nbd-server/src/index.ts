export { type BlockSize, isNbdError, NbdError, NbdProtocolError, NbdUsageError } from '@coaio/nbd-protocol';
export { type SocketAddress, TlsCredentials } from '@coaio/qio-channel';
export { ClientDroppedError, type ClientDroppedErrorCode } from './client-dropped-error.js';
export { FileExport, type FileExportOptions } from './exports/file-export.js';
export { MemoryExport } from './exports/memory-export.js';
export type {
  NbdBackend,
  NbdExtent,
  NbdExtentOptions,
  NbdExtents,
  NbdReadOptions,
  NbdWork,
  NbdWriteOptions,
  NbdZeroOptions,
} from './exports/nbd-backend.js';
export type { ExportOptions } from './exports/served-export.js';
export { NbdServer } from './nbd-server.js';
export type { NbdServerFeatures, NbdServerOptions } from './nbd-server-options.js';
export type { NbdServerTls } from './nbd-server-tls.js';
