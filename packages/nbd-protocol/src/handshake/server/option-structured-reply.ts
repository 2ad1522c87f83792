import { NBD_REP_ACK, NBD_REP_ERR_INVALID, NBD_REP_ERR_UNSUP } from '../../constants/option-replies.js';
import { NBD_OPT_STRUCTURED_REPLY } from '../../constants/options.js';
import { refuse, reply, type ServerOption } from './server-option.js';

const OPTION = NBD_OPT_STRUCTURED_REPLY;

export const optionStructuredReply: ServerOption = {
  option: OPTION,
  answer(session, data) {
    if (!session.offersStructuredReplies) {
      return refuse(session, OPTION, NBD_REP_ERR_UNSUP, 'structured replies are switched off');
    }
    if (data.length > 0) {
      return refuse(session, OPTION, NBD_REP_ERR_INVALID, 'NBD_OPT_STRUCTURED_REPLY takes no data');
    }
    session.structuredReplies = true;
    reply(session, OPTION, NBD_REP_ACK);
    return { next: 'option' };
  },
};
