import { NBD_REP_ACK } from '../../constants/option-replies.js';
import { NBD_OPT_STRUCTURED_REPLY } from '../../constants/options.js';
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

export const structuredReply = optionPhase(NBD_OPT_STRUCTURED_REPLY, onReply);

// Simple replies do the job too, so a refusal is no failure.
function onReply(session: ClientSession, reply: OptionReply): ClientStep {
  if (reply.type === NBD_REP_ACK) {
    requireNoData(reply);
    session.structuredReplies = true;
    return acceptedStep(session, 'structured-reply', NBD_OPT_STRUCTURED_REPLY);
  }
  if (isErrorReply(reply.type)) return declinedStep(session, 'structured-reply', reply);
  throw unexpectedReply(reply);
}
