import { NBD_REP_ACK, NBD_REP_ERR_SHUTDOWN } from '../../constants/option-replies.js';
import { NBD_OPT_STRUCTURED_REPLY } from '../../constants/options.js';
import { isErrorReply, type OptionReply } from '../option-frame.js';
import {
  type ClientSession,
  type ClientStep,
  optionPhase,
  refusedStep,
  requireNoData,
  unexpectedReply,
} from './client-phase.js';

export const structuredReply = optionPhase(NBD_OPT_STRUCTURED_REPLY, onReply);

// Simple replies do the job too, so a refusal is no failure.
function onReply(session: ClientSession, reply: OptionReply): ClientStep {
  const next = session.goal === 'info' ? 'info' : 'go';
  if (reply.type === NBD_REP_ACK) {
    requireNoData(reply);
    session.structuredReplies = true;
    return { next };
  }
  // proto.md: on NBD_REP_ERR_SHUTDOWN the client MUST initiate a soft disconnect.
  if (reply.type === NBD_REP_ERR_SHUTDOWN) return refusedStep(session, reply);
  if (isErrorReply(reply.type)) return { next };
  throw unexpectedReply(reply);
}
