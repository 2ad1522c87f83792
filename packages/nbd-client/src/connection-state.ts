/**
 * `connected`: requests are taken. `closing`: those in flight are answered, then the connection ends. `receiving`: writing
 * has failed, answers that are on their way are still read. `closed`: as its owner wished, or the server. `lost`: the peer, the
 * network or a broken protocol ended it.
 */
export type ConnectionState = 'connected' | 'closing' | 'receiving' | 'closed' | 'lost';

export const TRANSITIONS: Readonly<Record<ConnectionState, readonly ConnectionState[]>> = {
  connected: ['closing', 'receiving', 'lost'],
  closing: ['receiving', 'closed', 'lost'],
  receiving: ['lost'],
  closed: [],
  lost: [],
};
