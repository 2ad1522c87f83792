import { NBD_REP_ACK } from '../../constants/option-replies.js';
import { NBD_OPT_ABORT } from '../../constants/options.js';
import { reply, type ServerOption } from './server-option.js';

/** MUST be acknowledged; data that comes with it SHOULD be ignored. */
export const optionAbort: ServerOption = {
  option: NBD_OPT_ABORT,
  answer(session) {
    reply(session, NBD_OPT_ABORT, NBD_REP_ACK);
    return { next: 'aborted', event: { type: 'aborted' } };
  },
};
