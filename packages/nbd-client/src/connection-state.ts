/**
 * `connected`: requests are taken. `closing`: those in flight are answered, then the connection ends. `closed`: as
 * its owner wished. `lost`: the peer, the network or a broken protocol ended it.
 */
export type ConnectionState = 'connected' | 'closing' | 'closed' | 'lost';

export const TRANSITIONS: Readonly<Record<ConnectionState, readonly ConnectionState[]>> = {
  connected: ['closing', 'lost'],
  closing: ['closed', 'lost'],
  closed: [],
  lost: [],
};
