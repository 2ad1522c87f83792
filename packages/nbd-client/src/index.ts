export {
  type ExportInfo,
  type ExportListing,
  isNbdError,
  type MetaContext,
  NbdError,
  NbdOptionRefusedError,
  NbdProtocolError,
  type NbdTlsPolicy,
  NbdUsageError,
} from '@coaio/nbd-protocol';
export { CoNbdClient, type WriteOptions } from './co-nbd-client.js';
export type { EstablishOptions } from './establish/establish-wait.js';
export { NbdClientConnection, type NbdClientConnectionOptions } from './establish/nbd-client-connection.js';
export type { NbdClientConnectionHandle } from './establish/nbd-client-connection-handle.js';
export { RemoteNbdClientConnection } from './establish/remote-nbd-client-connection.js';
export { NbdClient } from './nbd-client.js';
export { ConnectionLostError, NbdServerError, NbdTlsError } from './nbd-client-error.js';
export type { NbdClientOptions } from './nbd-client-options.js';
export { NbdNegotiation } from './nbd-negotiation.js';
export type { NbdTlsOptions } from './nbd-tls-options.js';
export type { DescribedListing, ExportDescription } from './negotiation/describe-exports.js';
export type { StrictOptions } from './requests/validate-request.js';
