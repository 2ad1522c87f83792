import {
  NBD_REP_ACK,
  NBD_REP_ERR_INVALID,
  NBD_REP_ERR_POLICY,
  NBD_REP_SERVER,
} from '../../constants/option-replies.js';
import { NBD_OPT_LIST } from '../../constants/options.js';
import { encodeExportEntry } from '../option-data/export-entry.js';
import { hiddenByTls, refuse, reply, type ServerOption } from './server-option.js';

export const optionList: ServerOption = {
  option: NBD_OPT_LIST,
  answer(session, data) {
    if (data.length > 0)
      return refuse(session, NBD_OPT_LIST, NBD_REP_ERR_INVALID, 'NBD_OPT_LIST takes no data');
    const { list, directory } = session.offers;
    if (!list)
      return refuse(session, NBD_OPT_LIST, NBD_REP_ERR_POLICY, 'this server does not list its exports');
    for (const entry of directory.list()) {
      if (!hiddenByTls(session, entry.name)) {
        reply(session, NBD_OPT_LIST, NBD_REP_SERVER, encodeExportEntry(entry));
      }
    }
    reply(session, NBD_OPT_LIST, NBD_REP_ACK);
    return { next: 'option' };
  },
};
