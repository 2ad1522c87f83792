// 1. All states of both handshakes and every way between them are in these tables, and nowhere else.
// 2. A handshake has one state value. What it learned on the way (flags, export) is data, not state.
// 3. `dead` follows any error; nothing follows `dead`.

/**
 * Client. `greeting` is first; `ready` and `finished` are the two good ends. In `tls-handshake` it is the caller's
 * turn to start TLS, in `negotiating` to choose the next option.
 */
export const CLIENT_TRANSITIONS = {
  greeting: [
    'oldstyle',
    'starttls',
    'extended-headers',
    'structured-reply',
    'go',
    'info',
    'list',
    'export-name',
    'negotiating',
    'finished',
    'dead',
  ],
  oldstyle: ['ready', 'finished', 'dead'],
  starttls: [
    'tls-handshake',
    'extended-headers',
    'structured-reply',
    'go',
    'info',
    'list',
    'negotiating',
    'aborting',
    'dead',
  ],
  'tls-handshake': ['extended-headers', 'structured-reply', 'go', 'info', 'list', 'negotiating', 'dead'],
  'extended-headers': [
    'structured-reply',
    'set-meta-context',
    'go',
    'info',
    'negotiating',
    'aborting',
    'dead',
  ],
  'structured-reply': ['set-meta-context', 'go', 'info', 'negotiating', 'aborting', 'dead'],
  'list-meta-context': ['negotiating', 'aborting', 'dead'],
  'set-meta-context': ['go', 'info', 'negotiating', 'aborting', 'dead'],
  go: ['ready', 'export-name', 'negotiating', 'aborting', 'dead'],
  info: ['negotiating', 'aborting', 'dead'],
  list: ['negotiating', 'aborting', 'dead'],
  'export-name': ['ready', 'dead'],
  negotiating: [
    'starttls',
    'extended-headers',
    'structured-reply',
    'list-meta-context',
    'set-meta-context',
    'go',
    'info',
    'list',
    'export-name',
    'aborting',
    'finished',
    'dead',
  ],
  aborting: ['finished', 'dead'],
  ready: [],
  finished: [],
  dead: [],
} as const satisfies Record<string, readonly string[]>;

export type ClientState = keyof typeof CLIENT_TRANSITIONS;

/** Server. `client-flags` is first; `ready` and `aborted` are the two good ends. */
export const SERVER_TRANSITIONS = {
  'client-flags': ['option', 'dead'],
  option: ['skipping', 'tls-handshake', 'ready', 'aborted', 'dead'],
  // The data of an option that is too large to keep.
  skipping: ['option', 'aborted', 'dead'],
  // The caller's turn to start TLS.
  'tls-handshake': ['option', 'dead'],
  ready: [],
  aborted: [],
  dead: [],
} as const satisfies Record<string, readonly string[]>;

export type ServerState = keyof typeof SERVER_TRANSITIONS;

/** Returns `to`; staying is always allowed. A move that the table does not list is a bug of this package. */
export function move<State extends string>(
  table: Readonly<Record<State, readonly string[]>>,
  from: State,
  to: State,
): State {
  if (from !== to && !table[from].includes(to)) throw new Error(`handshake cannot go from ${from} to ${to}`);
  return to;
}
