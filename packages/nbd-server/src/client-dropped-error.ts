import { NbdError, type NbdFault } from '@coaio/nbd-protocol';

export type ClientDroppedErrorCode =
  | 'NBD_HANDSHAKE_TIMEOUT'
  | 'NBD_REQUEST_TOO_LARGE'
  | 'NBD_TOO_MANY_CONNECTIONS'
  | 'NBD_CLOSE_TIMEOUT'
  | 'NBD_WRITE_TIMEOUT'
  | 'NBD_IDLE_TIMEOUT'
  | 'NBD_HOARD_TIMEOUT';

const FAULTS: Readonly<Record<ClientDroppedErrorCode, NbdFault>> = {
  NBD_HANDSHAKE_TIMEOUT: 'peer',
  NBD_REQUEST_TOO_LARGE: 'peer',
  NBD_TOO_MANY_CONNECTIONS: 'server',
  NBD_CLOSE_TIMEOUT: 'connection',
  NBD_WRITE_TIMEOUT: 'peer',
  NBD_IDLE_TIMEOUT: 'peer',
  NBD_HOARD_TIMEOUT: 'peer',
};

/** The server ended a client's connection because of a limit. */
export class ClientDroppedError extends NbdError {
  override readonly name = 'ClientDroppedError';
  declare readonly code: ClientDroppedErrorCode;

  constructor(code: ClientDroppedErrorCode, operation: string, detail: string) {
    super(code, FAULTS[code], `${operation}: ${detail}`, { operation });
  }
}
