import { NBD_REP_ACK, NBD_REP_SERVER } from '../../constants/option-replies.js';
import { NBD_OPT_LIST } from '../../constants/options.js';
import { NbdProtocolError } from '../../errors/protocol-error.js';
import { readExportEntry } from '../option-data/export-entry.js';
import { isErrorReply, type OptionReply } from '../option-frame.js';
import {
  answeredStep,
  type ClientStep,
  optionPhase,
  refusedStep,
  requireNoData,
  unexpectedReply,
} from './client-phase.js';
import type { ClientSession } from './client-session.js';

/** Exports in one list; a server that goes on for ever must not fill our memory. */
export const MAX_LISTED_EXPORTS = 10_000;

export const optionList = optionPhase(NBD_OPT_LIST, onReply, (session) => {
  session.listing = [];
  return new Uint8Array(0);
});

function onReply(session: ClientSession, reply: OptionReply): ClientStep {
  if (reply.type === NBD_REP_SERVER) {
    if (session.listing.length === MAX_LISTED_EXPORTS) {
      const detail = `more than ${MAX_LISTED_EXPORTS} exports`;
      throw new NbdProtocolError('NBD_TOO_MANY_EXPORTS', 'NBD_OPT_LIST', detail);
    }
    session.listing.push(readExportEntry(reply.data, 'NBD_OPT_LIST'));
    return { next: 'list' };
  }
  if (reply.type === NBD_REP_ACK) {
    requireNoData(reply);
    return answeredStep(session, { type: 'list', exports: Object.freeze(session.listing) });
  }
  // Entries before an error are no result.
  if (isErrorReply(reply.type)) return refusedStep(session, reply);
  throw unexpectedReply(reply);
}
