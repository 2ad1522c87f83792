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
export type { EstablishOptions } from './establish/establish-wait.js';
export { NbdClientConnection, type NbdClientConnectionOptions } from './establish/nbd-client-connection.js';
export type { NbdClientConnectionHandle } from './establish/nbd-client-connection-handle.js';
export { RemoteNbdClientConnection } from './establish/remote-nbd-client-connection.js';
export { NbdClient } from './nbd-client.js';
export { ConnectionLostError, NbdServerError } from './nbd-client-error.js';
export type { NbdClientOptions } from './nbd-client-options.js';
export type { StrictOptions } from './requests/validate-request.js';
