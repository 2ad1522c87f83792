export { type BlockSize, isNbdError, NbdError, NbdProtocolError, NbdUsageError } from '@coaio/nbd-protocol';
export type { SocketAddress } from '@coaio/qio-channel';
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
export { type ExportOptions, NbdServer } from './nbd-server.js';
export type { NbdServerOptions } from './nbd-server-options.js';
