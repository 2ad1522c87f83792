import { safeText } from '../../bytes/safe-text.js';
import { readString } from '../../bytes/string.js';
import { NBD_REP_ACK, NBD_REP_SERVER } from '../../constants/option-replies.js';
import { NBD_OPT_LIST } from '../../constants/options.js';
import { NbdProtocolError } from '../../errors/protocol-error.js';
import type { ExportListing } from '../export-info.js';
import { isErrorReply, type OptionReply } from '../option-frame.js';
import {
  badReply,
  type ClientSession,
  type ClientStep,
  optionPhase,
  refusedStep,
  requireNoData,
  unexpectedReply,
} from './client-phase.js';

/** Exports in one list; a server that goes on for ever must not fill our memory. */
export const MAX_LISTED_EXPORTS = 10_000;

export const optionList = optionPhase(NBD_OPT_LIST, onReply);

function onReply(session: ClientSession, reply: OptionReply): ClientStep {
  if (reply.type === NBD_REP_SERVER) {
    if (session.listing.length === MAX_LISTED_EXPORTS) {
      const detail = `more than ${MAX_LISTED_EXPORTS} exports`;
      throw new NbdProtocolError('NBD_TOO_MANY_EXPORTS', 'NBD_OPT_LIST', detail);
    }
    session.listing.push(readEntry(reply));
    return { next: 'list' };
  }
  if (reply.type === NBD_REP_ACK) {
    requireNoData(reply);
    return { next: 'aborting', event: { type: 'list', exports: Object.freeze(session.listing) } };
  }
  // Entries before an error are no result.
  if (isErrorReply(reply.type)) return refusedStep(session, reply);
  throw unexpectedReply(reply);
}

function readEntry(reply: OptionReply): ExportListing {
  const { data } = reply;
  if (data.length < 4) throw badReply(reply, `NBD_REP_SERVER of ${data.length} bytes, at least 4 needed`);
  const nameLength = new DataView(data.buffer, data.byteOffset, data.length).getUint32(0);
  if (nameLength > data.length - 4) {
    throw badReply(
      reply,
      `export name of ${nameLength} bytes, NBD_REP_SERVER has room for ${data.length - 4}`,
    );
  }
  const name = readString(data.subarray(4, 4 + nameLength), 'NBD_OPT_LIST', 'export name');
  const description = data.subarray(4 + nameLength);
  if (description.length === 0) return Object.freeze({ name });
  readString(description, 'NBD_OPT_LIST', 'export description');
  return Object.freeze({ name, description: safeText(description) });
}
