import { NbdProtocolError } from '../../errors/protocol-error.js';
import { NEED_MORE } from '../../need-more.js';
import type { ClientPhase } from './client-phase.js';

/** The caller's turn: a server that speaks now was not asked. */
export const negotiating: ClientPhase = {
  read(_session, incoming) {
    if (incoming.length === 0) return NEED_MORE;
    const detail = `${incoming.length} bytes from the server while no option was under way`;
    throw new NbdProtocolError('NBD_BAD_OPTION_REPLY', 'handshake', detail);
  },
};
