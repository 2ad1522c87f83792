/**
 * `draining`: no request is taken any more, what comes gets NBD_ESHUTDOWN, those that were are answered, then the connection ends.
 * `closed`: nothing is sent any more.
 */
export type ConnectionState = 'handshake' | 'transmission' | 'draining' | 'closed';

export const TRANSITIONS: Readonly<Record<ConnectionState, readonly ConnectionState[]>> = {
  handshake: ['transmission', 'closed'],
  transmission: ['draining', 'closed'],
  draining: ['closed'],
  closed: [],
};
