import type { CoNbdClient } from './co-nbd-client.js';

/** The commands of a client that any thread may use. See {@link CoNbdClient}. */
export type ClientCommands = Pick<
  CoNbdClient,
  'info' | 'read' | 'readInto' | 'write' | 'flush' | 'trim' | 'writeZeroes' | 'cache' | 'blockStatus'
>;
