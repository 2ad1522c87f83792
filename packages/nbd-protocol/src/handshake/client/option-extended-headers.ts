import { NBD_REP_ACK } from '../../constants/option-replies.js';
import { NBD_OPT_EXTENDED_HEADERS } from '../../constants/options.js';
import { isErrorReply, type OptionReply } from '../option-frame.js';
import {
  acceptedStep,
  type ClientStep,
  declinedStep,
  optionPhase,
  requireNoData,
  unexpectedReply,
} from './client-phase.js';
import type { ClientSession } from './client-session.js';

export const extendedHeaders = optionPhase(NBD_OPT_EXTENDED_HEADERS, onReply);

// Compact headers do the job too, so a refusal is no failure.
function onReply(session: ClientSession, reply: OptionReply): ClientStep {
  if (reply.type === NBD_REP_ACK) {
    requireNoData(reply);
    session.extendedHeaders = true;
    session.structuredReplies = true;
    return acceptedStep(session, 'extended-headers', NBD_OPT_EXTENDED_HEADERS);
  }
  if (isErrorReply(reply.type)) return declinedStep(session, 'extended-headers', reply);
  throw unexpectedReply(reply);
}
