import { NBD_REP_ACK } from '../../constants/option-replies.js';
import { NBD_OPT_ABORT } from '../../constants/options.js';
import { isErrorReply, type OptionReply } from '../option-frame.js';
import { type ClientStep, optionPhase, unexpectedReply } from './client-phase.js';
import type { ClientSession } from './client-session.js';

export const optionAbort = optionPhase(NBD_OPT_ABORT, onReply);

// The client leaves, whatever the server thinks of it.
function onReply(_session: ClientSession, reply: OptionReply): ClientStep {
  if (reply.type === NBD_REP_ACK || isErrorReply(reply.type)) return { next: 'finished' };
  throw unexpectedReply(reply);
}
