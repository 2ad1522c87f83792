import {
  NBD_REP_ACK,
  NBD_REP_ERR_EXT_HEADER_REQD,
  NBD_REP_ERR_INVALID,
  NBD_REP_ERR_UNSUP,
} from '../../constants/option-replies.js';
import { NBD_OPT_STRUCTURED_REPLY } from '../../constants/options.js';
import { refuse, reply, type ServerOption } from './server-option.js';

const OPTION = NBD_OPT_STRUCTURED_REPLY;

export const optionStructuredReply: ServerOption = {
  option: OPTION,
  answer(session, data) {
    if (!session.offers.structuredReplies) {
      return refuse(session, OPTION, NBD_REP_ERR_UNSUP, 'structured replies are switched off');
    }
    if (data.length > 0) {
      return refuse(session, OPTION, NBD_REP_ERR_INVALID, 'NBD_OPT_STRUCTURED_REPLY takes no data');
    }
    // There is no way back from extended headers to structured replies.
    if (session.extendedHeaders) {
      return refuse(session, OPTION, NBD_REP_ERR_EXT_HEADER_REQD, 'extended headers are already on');
    }
    session.structuredReplies = true;
    reply(session, OPTION, NBD_REP_ACK);
    return { next: 'option' };
  },
};
