export {
  type ExportInfo,
  type ExportListing,
  isNbdError,
  NbdError,
  NbdOptionRefusedError,
  NbdProtocolError,
  NbdUsageError,
} from '@coaio/nbd-protocol';
export { CoNbdClient, type WriteOptions } from './co-nbd-client.js';
export { NbdClient } from './nbd-client.js';
export { ConnectionLostError, NbdServerError } from './nbd-client-error.js';
export type { NbdClientOptions } from './nbd-client-options.js';
export type { StrictOptions } from './requests/validate-request.js';
