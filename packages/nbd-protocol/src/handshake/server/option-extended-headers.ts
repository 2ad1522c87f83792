import { NBD_REP_ACK, NBD_REP_ERR_INVALID, NBD_REP_ERR_UNSUP } from '../../constants/option-replies.js';
import { NBD_OPT_EXTENDED_HEADERS } from '../../constants/options.js';
import { refuse, reply, type ServerOption } from './server-option.js';

const OPTION = NBD_OPT_EXTENDED_HEADERS;

export const optionExtendedHeaders: ServerOption = {
  option: OPTION,
  answer(session, data) {
    if (!session.offers.extendedHeaders) {
      return refuse(session, OPTION, NBD_REP_ERR_UNSUP, 'NBD_OPT_EXTENDED_HEADERS is not supported');
    }
    if (data.length > 0) {
      return refuse(session, OPTION, NBD_REP_ERR_INVALID, 'NBD_OPT_EXTENDED_HEADERS takes no data');
    }
    if (session.extendedHeaders) {
      return refuse(session, OPTION, NBD_REP_ERR_INVALID, 'extended headers are already on');
    }
    session.extendedHeaders = true;
    session.structuredReplies = true;
    reply(session, OPTION, NBD_REP_ACK);
    return { next: 'option' };
  },
};
