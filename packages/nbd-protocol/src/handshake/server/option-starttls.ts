import { NBD_REP_ACK, NBD_REP_ERR_INVALID, NBD_REP_ERR_UNSUP } from '../../constants/option-replies.js';
import { NBD_OPT_STARTTLS } from '../../constants/options.js';
import { refuse, reply, type ServerOption } from './server-option.js';

export const optionStartTls: ServerOption = {
  option: NBD_OPT_STARTTLS,
  answer(session, data) {
    if (session.offers.tls === 'disable') {
      return refuse(session, NBD_OPT_STARTTLS, NBD_REP_ERR_UNSUP, 'NBD_OPT_STARTTLS is not supported');
    }
    if (data.length > 0) {
      return refuse(session, NBD_OPT_STARTTLS, NBD_REP_ERR_INVALID, 'NBD_OPT_STARTTLS takes no data');
    }
    if (session.tls) {
      return refuse(session, NBD_OPT_STARTTLS, NBD_REP_ERR_INVALID, 'TLS has already been started');
    }
    reply(session, NBD_OPT_STARTTLS, NBD_REP_ACK);
    return { next: 'tls-handshake', event: { type: 'starttls' } };
  },
};
